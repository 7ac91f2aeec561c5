import { SealrunError } from "@sealrun/protocol";

// Tables instead of btoa and atob: those go through strings of one character a byte, and atob accepts spaces,
// missing padding and stray bits, so that one value would have many texts. Groups are unrolled: values reach 4 MiB.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const letters = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0));
const invalid = 64;
const values = new Uint8Array(256).fill(invalid);
letters.forEach((letter, value) => (values[letter] = value));
const paddingLetter = 0x3d;
const ascii = new TextDecoder("utf-8");

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let out = 0;
  for (let index = 0; index < bytes.length; index += 3) {
    const group = (byteAt(bytes, index) << 16) | (byteAt(bytes, index + 1) << 8) | byteAt(bytes, index + 2);
    text[out] = byteAt(letters, group >> 18);
    text[out + 1] = byteAt(letters, (group >> 12) & 63);
    text[out + 2] = byteAt(letters, (group >> 6) & 63);
    text[out + 3] = byteAt(letters, group & 63);
    out += 4;
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  text.fill(paddingLetter, text.length - missing);
  return ascii.decode(text);
}

/** Bytes of standard base64; `BAD_FORMAT` for any text that `toBase64` does not make. */
export function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw notBase64();
  const padded = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padded);
  const last = text.length - 4;
  for (let index = 0, out = 0; index < text.length; index += 4, out += 3) {
    const missing = index === last ? padded : 0;
    const group =
      (valueAt(text, index) << 18) |
      (valueAt(text, index + 1) << 12) |
      ((missing > 1 ? 0 : valueAt(text, index + 2)) << 6) |
      (missing > 0 ? 0 : valueAt(text, index + 3));
    // The unused bits of the last letter must be 0, or one value would have several texts.
    if (missing > 0 && (group & (missing > 1 ? 0xffff : 0xff)) !== 0) throw notBase64();
    bytes[out] = group >> 16;
    if (missing < 2) bytes[out + 1] = group >> 8;
    if (missing < 1) bytes[out + 2] = group;
  }
  return bytes;
}

function valueAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  const value = code < 256 ? byteAt(values, code) : invalid;
  if (value === invalid) throw notBase64();
  return value;
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

function notBase64(): SealrunError {
  return new SealrunError("BAD_FORMAT", "Expected base64 with its padding");
}
