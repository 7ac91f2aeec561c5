/** Four bytes in a row. */
const gramBytes = 4;

/** Needles of eight bytes or more need no smaller steps. */
const maxStride = 5;

const hashBits = 22;

/**
 * Says where no needle starts, from four bytes of every few. Each needle that starts somewhere covers one of the places
 * that are looked at, with one of its first bytes.
 */
export interface StartFilter {
  /** One bit per hash of four bytes that begin at one of the first `stride` bytes of a needle. */
  readonly bits: Uint8Array;
  /** The shortest needle decides how many bytes are passed over at once. */
  stride: number;
}

export function createStartFilter(): StartFilter {
  return { bits: new Uint8Array(1 << (hashBits - 3)), stride: maxStride };
}

/** Lets a string of at least four bytes through. */
export function addStart(filter: StartFilter, bytes: Uint8Array): void {
  filter.stride = Math.max(1, Math.min(filter.stride, bytes.length - gramBytes + 1));
  for (let at = 0; at < filter.stride; at += 1) {
    const hash = gramHash(bytes, at);
    filter.bits[hash >>> 3] = (filter.bits[hash >>> 3] ?? 0) | (1 << (hash & 7));
  }
}

/** The first index at or after `index` where a needle may start, or one that the last bytes are too few to judge. */
export function nextStart({ bits, stride }: StartFilter, bytes: Uint8Array, index: number): number {
  const last = bytes.length - gramBytes;
  let at = index + stride - 1;
  while (at <= last) {
    const hash = gramHash(bytes, at);
    if (((bits[hash >>> 3] ?? 0) & (1 << (hash & 7))) !== 0) break;
    at += stride;
  }
  return at - stride + 1;
}

/** So many bytes must be left for `nextStart` to judge them. */
export function judgedBytes({ stride }: StartFilter): number {
  return stride - 1 + gramBytes;
}

function gramHash(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16);
  const gram = high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  return Math.imul(gram, 0x9e3779b1) >>> (32 - hashBits);
}
