import type { LaterNeedles, Needle } from "../needle.ts";
import { type ByteTree, forksLength } from "./byte-tree.ts";
import type { OpenTails } from "./open-tails.ts";
import type { StartFilter } from "./start-filter.ts";

/** How much memory needles may take, and what they take beside the arrays of the trie. */
export interface NeedleMemory {
  /** The most bytes in all. */
  readonly maxBytes: number;
  /** Called once, when encoded forms no longer fit. */
  readonly onFull: () => void;
  /** Bytes of long needles, and what objects and map entries take. */
  otherBytes: number;
  isFull: boolean;
}

/** A trie whose memory is counted. */
export interface CountedTrie extends ByteTree {
  readonly filter: StartFilter;
  readonly tails: OpenTails;
  readonly memory: NeedleMemory;
}

/** What needles add at most. */
export interface Growth {
  readonly nodes: number;
  readonly forks: number;
  readonly otherBytes: number;
}

/** Bytes for each node: labels, links, depths, ends, suffixes, shorter ends, and a bit. */
const nodeBytes = 12.125;

/** A long needle has an object with its bytes, two entries in maps and a digest; measured on Node 24. */
const longNeedleBytes = 600;

/** The start of a group has an entry in a map, and a list; measured on Node 24. */
const startBytes = 160;

/** A group of needles that are made later keeps its text and a function. */
const groupBytes = 400;

/**
 * The memory of all needles in bytes: all arrays at their full length, also where they are not filled yet; of long
 * needles their bytes; for objects and entries of maps a fixed number each. Not counted: an array that is copied into a
 * larger one, until that is done.
 */
export function bytesIn(trie: CountedTrie): number {
  const arrays = trie.labels.length * nodeBytes + trie.forks.byteLength + trie.filter.bits.byteLength;
  return Math.ceil(arrays + trie.memory.otherBytes + trie.tails.bytes);
}

/** What these needles take at most, as if they had no beginning in common. */
export function growthBy(now: readonly Needle[], later: readonly LaterNeedles[]): Growth {
  const starts = later.flatMap((group) => group.starts);
  const long = now.filter(({ bytes, head }) => bytes.length > head);
  const headBytes = now.reduce((sum, { bytes, head }) => sum + Math.min(bytes.length, head), 0);
  return {
    nodes: headBytes + starts.reduce((sum, start) => sum + start.length, 0),
    forks: now.length + starts.length,
    otherBytes:
      long.reduce((sum, { bytes }) => sum + bytes.length + longNeedleBytes, 0) +
      starts.length * startBytes +
      later.length * groupBytes,
  };
}

/** Says whether needles may take so many bytes more. */
export type Fits = (trie: CountedTrie, bytes: number) => boolean;

/** Values as they are may use all of the memory. */
export const fitsPlain: Fits = (trie, bytes) => bytesIn(trie) + bytes <= trie.memory.maxBytes;

/** What follows heads is needed only when they are in the output; it leaves a little for values that come then. */
export const fitsTails: Fits = (trie, bytes) => bytesIn(trie) + bytes <= trie.memory.maxBytes * tailsShare;

/** Encoded forms, without what follows their heads, leave a quarter for that and for values as they are. */
export const fitsEncoded: Fits = (trie, bytes) =>
  bytesIn(trie) - trie.tails.bytes + bytes <= trie.memory.maxBytes * encodedShare && fitsTails(trie, bytes);

const tailsShare = 15 / 16;
const encodedShare = 3 / 4;

/** How many nodes the arrays should have space for so that `growth` fits; undefined when it does not. */
export function sizeFor(trie: CountedTrie, growth: Growth, fits: Fits): number | undefined {
  const size = trie.labels.length;
  const needed = trie.count + growth.nodes;
  const forkBytes = 4 * (forksLength(trie, growth.forks) - trie.forks.length);
  const isEnough = (candidate: number): boolean =>
    fits(trie, (candidate - size) * nodeBytes + forkBytes + growth.otherBytes);
  if (needed <= size) return isEnough(size) ? size : undefined;
  const roomy = Math.max(needed, Math.ceil(size * 1.5));
  return [roomy, needed].find(isEnough);
}
