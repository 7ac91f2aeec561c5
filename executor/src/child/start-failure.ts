import { SealrunError } from "@sealrun/protocol";
import { programMissingExit } from "./go.ts";

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
