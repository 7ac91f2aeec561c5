import { type ErrorCode, type MachineTrouble, SealrunError, errorCodeOf } from "@sealrun/protocol";
import type { UnfitReason } from "../between/outcome.ts";
import { machineFailure } from "../errno.ts";

/** Codes for faults of this machine or of what it must reach, and whether they affect every run. */
const stopsTaking: Partial<Readonly<Record<ErrorCode, boolean>>> = {
  DISK_FULL: true,
  MACHINE_FAILED: true,
  SANDBOX_UNAVAILABLE: true,
  // Other packages need another interpreter, or no dependencies. A part that is away says itself when it is back.
  INTERPRETER_MISSING: false,
  CONFIG_INVALID: false,
  NETWORK_NOT_ENFORCED: false,
  REGISTRY_UNREACHABLE: false,
  PLATFORM_UNREACHABLE: false,
  POSTGRES_UNREACHABLE: false,
  NATS_UNREACHABLE: false,
  KEYRING_UNREACHABLE: false,
  // The clock of this machine is wrong, or that of the part that answered.
  EXPIRED: false,
  CLOCK_WRONG: false,
};

const maxMessageLength = 1_000;
const maxCauseDepth = 5;

/**
 * Why this machine is to blame for an error from before a run's first script; undefined when the package is to blame,
 * or it is not known. Errors of the file system count as the machine's: until then only the executor's folders are
 * used.
 */
export function machineReason(error: unknown): UnfitReason | undefined {
  const found = error instanceof SealrunError && error.code !== "INTERNAL" ? error : kernelFailure(error);
  const stops = found === undefined ? undefined : stopsTaking[found.code];
  return found === undefined || stops === undefined ? undefined : { ...troubleOf(found), stopsTaking: stops };
}

/** A grant holds nothing of the package: if it cannot be opened, this executor's keys or its clock are wrong. */
export function closedGrantReason(error: SealrunError): UnfitReason {
  return { ...troubleOf(error), stopsTaking: true };
}

function troubleOf({ code, message }: SealrunError): MachineTrouble {
  return { code, message: message.replaceAll("\0", "").slice(0, maxMessageLength) };
}

function kernelFailure(error: unknown): SealrunError | undefined {
  let cause = error;
  for (let depth = 0; depth < maxCauseDepth && cause instanceof Error; depth += 1) {
    const what = "syscall" in cause && typeof cause.syscall === "string" ? cause.syscall : undefined;
    const failure = machineFailure(errorCodeOf(cause), { isOwnFolder: true, what, cause: error });
    if (failure !== undefined) return failure;
    cause = cause.cause;
  }
  return undefined;
}
