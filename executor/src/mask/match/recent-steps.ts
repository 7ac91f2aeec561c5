/**
 * Steps of an automaton that were made before: output goes through the same few again and again. A place holds one step
 * at a time.
 */
export interface RecentSteps {
  /** A node and a byte (see `stepKey`). */
  readonly keys: Int32Array;
  /** The node they lead to. */
  readonly nexts: Int32Array;
}

/** Memory for `size` steps, a power of two. */
export function createRecentSteps(size: number): RecentSteps {
  return { keys: new Int32Array(size).fill(-1), nexts: new Int32Array(size) };
}

/** A node and a byte as one number. A trie within its memory has fewer than 2^23 nodes. */
export function stepKey(node: number, byte: number): number {
  return (node << 8) | byte;
}

/** The place of a step. */
export function stepSlot(key: number, size: number): number {
  return (Math.imul(key, 0x9e3779b1) >>> 20) & (size - 1);
}
