import { SealrunError } from "@sealrun/protocol";

/** The code of the error that `act` throws; "none" when it returns, "other" for an error of another class. */
export function codeOf(act: () => unknown): string {
  try {
    act();
    return "none";
  } catch (error) {
    return error instanceof SealrunError ? error.code : "other";
  }
}

/** A copy with one bit of one byte turned over. */
export function flipped(bytes: Uint8Array, index: number, mask = 1): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[index] = (copy[index] ?? 0) ^ mask;
  return copy;
}

/** The same bytes as a view that starts and ends inside a larger buffer. */
export function inTheMiddle(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(bytes.length + 13).fill(0xee);
  larger.set(bytes, 5);
  return larger.subarray(5, 5 + bytes.length);
}
