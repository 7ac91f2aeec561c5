import { headBytes } from "../needle.ts";

/**
 * `bytes` as they appear inside the base64 and base64url text of a larger value that starts 0, 1 or 2 bytes before
 * them: the characters that no neighbouring byte can change, and the same with the ending for when nothing follows.
 */
export function base64Forms(bytes: Uint8Array): readonly string[] {
  const forms: string[] = [];
  for (const offset of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    const padded = shifted.toString("base64");
    const url = padded.replaceAll("+", "-").replaceAll("/", "_");
    forms.push(...endings(padded, shifted.length, offset), ...endings(url, shifted.length, offset));
  }
  return forms;
}

/** For offset 0, 1 and 2: how many characters contain bits of the bytes before the value. */
const unstableStart = [0, 2, 3];

/** A form longer than the head is followed as far as it matches, so that its longest ending is enough. */
function endings(padded: string, length: number, offset: number): readonly string[] {
  const unpadded = padded.replaceAll("=", "");
  const start = unstableStart[offset] ?? 0;
  const stable = unpadded.slice(start, length % 3 === 0 ? undefined : -1);
  if (stable.length > headBytes) return [padded.slice(start)];
  return [stable, unpadded.slice(start), padded.slice(start)];
}

/** Base64 in the lines that programs break it into: 76 characters (MIME, the `base64` command) and 64 (PEM). */
export function wrappedBase64Lines(bytes: Uint8Array): readonly string[] {
  const unpadded = Buffer.from(bytes).toString("base64").replaceAll("=", "");
  const stable = unpadded.slice(0, bytes.length % 3 === 0 ? undefined : -1);
  return [64, 76].flatMap((columns) => blocks(stable, columns));
}

function blocks(text: string, columns: number): readonly string[] {
  if (text.length <= columns) return [];
  const count = Math.ceil(text.length / columns);
  return Array.from({ length: count }, (_, index) => text.slice(index * columns, (index + 1) * columns));
}
