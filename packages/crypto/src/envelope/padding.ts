import { SealrunError } from "@sealrun/protocol";
import { wipe } from "../bytes/bytes.ts";

const mark = 0x80;

/** Plaintext, 0x80 and zeros (ISO 7816-4), up to a length that reveals little about the plaintext's length. */
export function pad(plaintext: Uint8Array): Uint8Array {
  const padded = new Uint8Array(paddedLength(plaintext.length));
  padded.set(plaintext);
  padded[plaintext.length] = mark;
  return padded;
}

/** A copy of the plaintext; the padded bytes are wiped. Throws `TAMPERED` for padding that `pad` does not make. */
export function unpad(padded: Uint8Array): Uint8Array {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end -= 1;
  const isPadded = end >= 0 && padded[end] === mark && paddedLength(end) === padded.length;
  const plaintext = isPadded ? new Uint8Array(padded.subarray(0, end)) : undefined;
  wipe(padded);
  if (plaintext !== undefined) return plaintext;
  throw new SealrunError("TAMPERED", "The padding of a sealed value is not as expected");
}

/**
 * Multiples of 64 bytes up to 1 KiB, then Padmé (https://petsymposium.org/popets/2019/popets-2019-0056.pdf): at most 12 %
 * more, and a length reveals only its highest bits. Both rules give the same length at 1 KiB.
 */
export function paddedLength(plaintextLength: number): number {
  const length = plaintextLength + 1;
  if (length <= 1024) return Math.ceil(length / 64) * 64;
  const exponent = Math.floor(Math.log2(length));
  const kept = Math.floor(Math.log2(exponent)) + 1;
  const unit = 2 ** (exponent - kept);
  return Math.ceil(length / unit) * unit;
}
