import type { SealrunError } from "@sealrun/protocol";

/**
 * Whether a retry would get the same answer. `EXPIRED` is not final: this machine's clock is wrong, or that of the
 * platform that answered. Nor is `INTERNAL`, which comes from a bug or from this machine's disk. Neither is a reason to
 * drop anything.
 */
export function isFinal(error: SealrunError): boolean {
  return !error.row.retry && error.code !== "EXPIRED" && error.code !== "INTERNAL";
}
