import type { SealrunError } from "@sealrun/protocol";

/**
 * Whether the platform will say the same whenever it is asked. `EXPIRED` only says that a clock is wrong, this machine's
 * or the platform's that answered; `INTERNAL` speaks of a bug, or of this machine's disk. Neither is a reason to drop
 * anything.
 */
export function isFinal(error: SealrunError): boolean {
  return !error.row.retry && error.code !== "EXPIRED" && error.code !== "INTERNAL" && error.code !== "DISK_FULL";
}
