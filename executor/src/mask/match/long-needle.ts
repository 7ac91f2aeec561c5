/** A needle longer than its head in the trie. `borders` is made when the head is first found (4 bytes per byte). */
export interface LongNeedle {
  readonly bytes: Uint8Array;
  /** How many of its bytes are in the trie. */
  readonly head: number;
  borders: Int32Array | undefined;
}

/** How far one stream is inside a long needle. `matched` is 0 when it is not; `at` is the last checked offset. */
export interface Following {
  readonly matched: number;
  readonly at: number;
}

/**
 * The length of the longest beginning of `needle` that ends with `byte`, when `matched` bytes ended before it; 0 when
 * fewer bytes than its head match. Linear over a stream, however often the needle repeats itself (Knuth, Morris, Pratt).
 */
export function advance(needle: LongNeedle, matched: number, byte: number): number {
  const borders = (needle.borders ??= bordersOf(needle.bytes));
  let length = matched;
  while (length >= needle.head && needle.bytes[length] !== byte) length = borders[length - 1] ?? 0;
  return length < needle.head ? 0 : length + 1;
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
