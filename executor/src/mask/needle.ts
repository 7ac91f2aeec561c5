/** Of a longer needle at most this many first bytes are its head. */
export const headBytes = 64;

/** A byte string that would reveal a value. */
export interface Needle {
  readonly bytes: Uint8Array;
  /** `word`: hidden only where neither neighbour is a letter, digit or underscore. */
  readonly place: "anywhere" | "word";
  /** So many first bytes are looked for; after them a stream is compared byte by byte, and hidden while it matches. */
  readonly head: number;
}

/** Rare forms of one text, made only after one of their `starts` was in the output. */
export interface LaterNeedles {
  /** Each is the beginning of a longer needle; every needle begins with one. */
  readonly starts: readonly Uint8Array[];
  readonly needles: () => readonly Needle[];
}
