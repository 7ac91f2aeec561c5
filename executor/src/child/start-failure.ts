import { SealrunError } from "@sealrun/protocol";
import { programMissingExit } from "./go.ts";

/** Why a script whose process has ended was never told to start. */
export function describeNoStart(script: string, exitCode: number | undefined): SealrunError {
  return exitCode === programMissingExit
    ? new SealrunError("INTERPRETER_MISSING", `${script} needs an interpreter that is not on this machine any more`)
    : new SealrunError("SANDBOX_UNAVAILABLE", `The sandbox ended before ${script} was told to start`);
}

/** A sandbox that does not start says why on its error output, before any script could write there. */
export function withReason(error: unknown, firstError: string): unknown {
  const isAboutSandbox = error instanceof SealrunError && error.code === "SANDBOX_UNAVAILABLE";
  if (!isAboutSandbox || !firstError.startsWith("bwrap: ")) return error;
  return new SealrunError(error.code, `${error.message} (${firstError})`, { cause: error });
}
