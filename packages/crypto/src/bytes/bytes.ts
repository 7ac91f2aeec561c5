import { SealrunError } from "@sealrun/protocol";

const encoder = new TextEncoder();
// ignoreBOM: a byte order mark is a character of the value; without it the decoder would drop it silently.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One new array that holds all parts, one after another. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Each part after its length in 4 big-endian bytes, so that bytes cannot shift from one part to the next. */
export function lengthPrefixed(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...parts.flatMap((part) => [uint32(part.length), part]));
}

/** UTF-8 of text; `BAD_FORMAT` for a lone surrogate, which would become the same bytes as another one. */
export function utf8(text: string): Uint8Array {
  if (!text.isWellFormed())
    throw new SealrunError("BAD_FORMAT", "Expected text that UTF-8 can hold, found a lone surrogate");
  return encoder.encode(text);
}

/** Text of UTF-8 bytes, byte order mark included; `BAD_FORMAT` for bytes that are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SealrunError("BAD_FORMAT", "Expected UTF-8");
  }
}

/** Compares bytes in a time that depends only on the lengths. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index += 1) difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
  return difference === 0;
}

/** Overwrites with zeros. The engine may hold copies elsewhere: this shortens a secret's life, it does not end it. */
export function wipe(bytes: Uint8Array): void {
  bytes.fill(0);
}

/** Returns the bytes when they are `length` long. Throws `BAD_FORMAT` otherwise; `what` names them in the message. */
export function exactly(bytes: Uint8Array, length: number, what: string): Uint8Array {
  if (bytes.length === length) return bytes;
  throw new SealrunError("BAD_FORMAT", `Expected ${what} of ${length} bytes, found ${bytes.length}`);
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
