import { errorCodeOf, SealrunError, toSealrunError } from "@sealrun/protocol";
import { programMissingExit } from "./go.ts";
import { replaced } from "./start/read-first-line.ts";

/** Errors of a file that is gone, hidden, or in the way of itself. ENXIO is that of a socket. */
const fileErrors: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "ENXIO"]);

/** The error of a step that could not be started. Once a script of its run has started, the folder is the package's. */
export function describeStart(
  error: unknown,
  script: string,
  progress: { readonly hasStarted: boolean },
): SealrunError {
  const isOfPackage = progress.hasStarted && !(error instanceof SealrunError) && fileErrors.has(errorCodeOf(error));
  return isOfPackage ? replaced(script, error) : toSealrunError(error);
}

/** The error for a script whose process ended before it was told to start. */
export function describeNoStart(script: string, exitCode: number | undefined): SealrunError {
  return exitCode === programMissingExit
    ? new SealrunError("INTERPRETER_MISSING", `${script} needs an interpreter that is no longer on this machine`)
    : new SealrunError("SANDBOX_UNAVAILABLE", `The sandbox ended before ${script} was told to start`);
}

/** Adds the sandbox's own message to the error: it is the first error output, before any script could write there. */
export function withReason(error: unknown, firstError: string): unknown {
  const isAboutSandbox = error instanceof SealrunError && error.code === "SANDBOX_UNAVAILABLE";
  if (!isAboutSandbox || !firstError.startsWith("bwrap: ")) return error;
  return new SealrunError(error.code, `${error.message} (${firstError})`, { cause: error });
}
