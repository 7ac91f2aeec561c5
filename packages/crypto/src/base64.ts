import { SealrunError } from "@sealrun/protocol";

// Tables instead of btoa and atob: those go through strings of one character a byte, and atob forgives spaces,
// missing padding and stray bits, so that one value would have many texts. One loop each takes 4 MiB in some 15 ms.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const letters = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0));
const values = new Uint8Array(256).fill(255);
letters.forEach((letter, value) => (values[letter] = value));
const padding = 0x3d;
const ascii = new TextDecoder("utf-8");

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(padding);
  let out = 0;
  for (let index = 0; index < bytes.length; index += 3) {
    const group = (byteAt(bytes, index) << 16) | (byteAt(bytes, index + 1) << 8) | byteAt(bytes, index + 2);
    const count = Math.min(bytes.length - index, 3) + 1;
    for (let digit = 0; digit < count; digit += 1)
      text[out + digit] = byteAt(letters, (group >> (18 - 6 * digit)) & 63);
    out += 4;
  }
  return ascii.decode(text);
}

/** Bytes of standard base64; `BAD_FORMAT` for any text that `toBase64` does not make. */
export function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw notBase64();
  const padded = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padded);
  const digits = text.length - padded;
  let group = 0;
  let out = 0;
  for (let index = 0; index < digits; index += 1) {
    const code = text.charCodeAt(index);
    const value = code < 256 ? byteAt(values, code) : 255;
    if (value === 255) throw notBase64();
    group = ((group << 6) | value) & 0xffffff;
    const place = index % 4;
    if (place > 0) bytes[out++] = (group >> (6 - 2 * place)) & 255;
  }
  // The bits of the last digit that no byte takes: 4 with two marks of padding, 2 with one.
  if (padded > 0 && (group & (padded === 2 ? 15 : 3)) !== 0) throw notBase64();
  return bytes;
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

function notBase64(): SealrunError {
  return new SealrunError("BAD_FORMAT", "Expected base64 with its padding");
}
