import { SealrunError } from "@sealrun/protocol";

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const form = /^(?:[0-9a-f]{2})*$/;

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += pairs[byte] ?? "";
  return text;
}

/** Bytes of lower-case hex. Throws `BAD_FORMAT` for any other text. */
export function fromHex(text: string): Uint8Array {
  if (!form.test(text)) throw new SealrunError("BAD_FORMAT", "Expected lower-case hex");
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(text.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}
