/** A needle longer than its head in the trie. `borders` is made when the head is first seen (4 bytes per byte). */
export interface LongNeedle {
  readonly bytes: Uint8Array;
  borders: Int32Array | undefined;
}

/** How far one stream is inside a long needle. `matched` is 0 when it is not; `at` is the stream offset looked at last. */
export interface Following {
  readonly matched: number;
  readonly at: number;
}

/**
 * The longest beginning of `needle` that ends after `byte`, given one of `matched` bytes that ended before it; 0 when
 * fewer than `least` bytes match. Linear over a stream, however often the needle repeats itself (Knuth, Morris, Pratt).
 */
export function advance(needle: LongNeedle, matched: number, byte: number, least: number): number {
  const borders = (needle.borders ??= bordersOf(needle.bytes));
  let length = matched;
  while (length >= least && needle.bytes[length] !== byte) length = borders[length - 1] ?? 0;
  return length < least ? 0 : length + 1;
}

function bordersOf(bytes: Uint8Array): Int32Array {
  const borders = new Int32Array(bytes.length);
  let length = 0;
  for (let index = 1; index < bytes.length; index += 1) {
    while (length > 0 && bytes[length] !== bytes[index]) length = borders[length - 1] ?? 0;
    if (bytes[length] === bytes[index]) length += 1;
    borders[index] = length;
  }
  return borders;
}
