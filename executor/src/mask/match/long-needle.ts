/** A needle that is longer than its head. */
export interface LongNeedle {
  readonly bytes: Uint8Array;
  /** How many of its first bytes are looked for in the trie. */
  readonly head: number;
  /** The node of the trie at which they end. */
  readonly headNode: number;
}
