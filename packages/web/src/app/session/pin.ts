import { SealrunError } from "@sealrun/protocol";

const place = "sealrun.keyring-fingerprint";

/** What this browser keeps of a platform: the fingerprint of its keyring, which is public. */
export type PinStorage = Pick<Storage, "getItem" | "setItem">;

/**
 * Pins the keyring's fingerprint at the first visit and compares it at each later one. `FINGERPRINT_MISMATCH` when
 * another keyring answers: nothing may be sealed for it until somebody has compared the two.
 */
export function checkPin(storage: PinStorage, found: string): void {
  const pinned = storage.getItem(place);
  if (pinned === null) storage.setItem(place, found);
  if (pinned === null || pinned === found) return;
  throw new SealrunError(
    "FINGERPRINT_MISMATCH",
    `The keyring of this platform has the fingerprint ${found}, but this browser has pinned ${pinned}; ask the operator of the platform before you trust the new one`,
  );
}

/** Trusts another keyring from now on, after a person has compared fingerprints. */
export function repin(storage: PinStorage, found: string): void {
  storage.setItem(place, found);
}
