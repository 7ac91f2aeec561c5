import { type ErrorCode, type MachineTrouble, SealrunError } from "@sealrun/protocol";
import { errorCodeOf, machineFailure } from "../errno.ts";

/** Why a run could not be prepared here although its package is not to blame. */
export interface MachineReason extends MachineTrouble {
  /** True for what no run could be prepared with: the executor takes nothing until its machine is in order again. */
  readonly stopsTaking: boolean;
}

/** Codes that speak of this machine or of what it reaches, and whether they concern every run. */
const stopsTaking: Partial<Readonly<Record<ErrorCode, boolean>>> = {
  DISK_FULL: true,
  MACHINE_FAILED: true,
  SANDBOX_UNAVAILABLE: true,
  // Other packages need another interpreter, or no dependencies; the platform says by itself when it is back.
  INTERPRETER_MISSING: false,
  CONFIG_INVALID: false,
  REGISTRY_UNREACHABLE: false,
  PLATFORM_UNREACHABLE: false,
  POSTGRES_UNREACHABLE: false,
  NATS_UNREACHABLE: false,
  KEYRING_UNREACHABLE: false,
  // The clock of this machine, or of who answered it, is wrong.
  EXPIRED: false,
  CLOCK_WRONG: false,
};

const longestMessage = 1_000;
const deepestCause = 5;

/**
 * What on this machine is to blame for an error from before a run's first script started; undefined when that is the
 * package, or not known. Errors of the file system count as the machine's: only its own folders are touched until then.
 */
export function machineReason(error: unknown): MachineReason | undefined {
  const found = error instanceof SealrunError && error.code !== "INTERNAL" ? error : kernelFailure(error);
  const stops = found === undefined ? undefined : stopsTaking[found.code];
  return found === undefined || stops === undefined ? undefined : { ...troubleOf(found), stopsTaking: stops };
}

/** A grant holds nothing of the package: one that cannot be opened speaks of this executor's keys, or of its clock. */
export function closedGrantReason(error: SealrunError): MachineReason {
  return { ...troubleOf(error), stopsTaking: true };
}

function troubleOf({ code, message }: SealrunError): MachineTrouble {
  return { code, message: message.replaceAll("\0", "").slice(0, longestMessage) };
}

function kernelFailure(error: unknown): SealrunError | undefined {
  let cause = error;
  for (let depth = 0; depth < deepestCause && cause instanceof Error; depth += 1) {
    const what = "syscall" in cause && typeof cause.syscall === "string" ? cause.syscall : undefined;
    const failure = machineFailure(errorCodeOf(cause), { isOwnFolder: true, what, cause: error });
    if (failure !== undefined) return failure;
    cause = cause.cause;
  }
  return undefined;
}
