import { SealrunError } from "@sealrun/protocol";

const storageKey = "sealrun.keyring-fingerprint";

/** Where this browser keeps the fingerprint of the platform's keyring, which is public. */
export type PinStorage = Pick<Storage, "getItem" | "setItem">;

/**
 * Pins the keyring's fingerprint at the first visit and compares it at each later one. `FINGERPRINT_MISMATCH` when
 * another keyring answers: nothing may be sealed for it until the user has compared the two.
 */
export function checkPin(storage: PinStorage, found: string): void {
  const pinned = storage.getItem(storageKey);
  if (pinned === null) storage.setItem(storageKey, found);
  if (pinned === null || pinned === found) return;
  throw new SealrunError(
    "FINGERPRINT_MISMATCH",
    `The platform's keyring has the fingerprint ${found}, but this browser has pinned ${pinned}; ask the platform's operator before you trust the new one`,
  );
}

/** Trusts another keyring from now on, after the user has compared fingerprints. */
export function repin(storage: PinStorage, found: string): void {
  storage.setItem(storageKey, found);
}
