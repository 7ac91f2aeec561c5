import { childOf, hasChild } from "./byte-tree.ts";
import { actsBelow, endsHead, endsStart, type NeedleTrie } from "./needle-trie.ts";
import { stepKey, stepSlot } from "./recent-steps.ts";
import { judgedBytes, nextStart } from "./start-filter.ts";

/** No needle is shorter. */
const minNeedleBytes = 4;

/** No head of a needle is longer, and no start. */
export const maxHeadBytes = 127;

/**
 * Reads `bytes` from index `from` on, in state `node` (Aho and Corasick). Calls `found` with each node at which a
 * needle, or a suffix that is a needle, ends, and with the index after it: with the first and the last of several in a row. It may add needles. Returns the node of the
 * longest beginning of a needle at the end of `bytes`. Takes time linear in `bytes`, whatever the needles.
 */
export function scan(
  trie: NeedleTrie,
  bytes: Uint8Array,
  start: { readonly from: number; readonly node: number },
  found: (node: number, end: number, lastEnd: number) => void,
): number {
  let { from: index, node } = start;
  let steps = 0;
  forgetStaleLinks(trie);
  const { keys, nexts } = trie.recent;
  let { depths, ends, shorterEnds } = trie;
  while (index < bytes.length) {
    if (node === 0 && index + judgedBytes(trie.filter) <= bytes.length) {
      index = nextStart(trie.filter, bytes, index);
      steps += 1;
    }
    const byte = bytes[index] ?? 0;
    const key = stepKey(node, byte);
    const slot = stepSlot(key, keys.length);
    let next = nexts[slot] ?? 0;
    if (keys[slot] !== key) {
      next = step(trie, node, byte);
      keys[slot] = key;
      nexts[slot] = next;
    }
    steps += 1;
    index += 1;
    const depth = depths[next] ?? 0;
    const fellBack = depth <= (depths[node] ?? 0);
    const isSame = next === node;
    node = next;
    if (fellBack && depth < minNeedleBytes && index - depth + judgedBytes(trie.filter) <= bytes.length) {
      // Back to skipping: no needle can have ended within so few bytes, and the start has moved on.
      index -= depth;
      node = 0;
    } else if (node !== 0 && (ends[node] !== 0 || shorterEnds[node] !== 0)) {
      const end = index;
      // One byte again and again leaves the state as it is.
      if (isSame) while (index < bytes.length && bytes[index] === byte) index += 1;
      found(node, end, index);
      if (forgetStaleLinks(trie)) {
        ({ depths, ends, shorterEnds } = trie);
        node = read(trie, bytes, index);
      }
    }
  }
  trie.work.steps += steps;
  return node;
}

/** The node of the longest suffix of `node` that is the beginning of a longer needle: those bytes must be held back. */
export function liveNode(trie: NeedleTrie, node: number): number {
  let live = node;
  while (live !== 0 && !hasChild(trie, live)) live = trie.suffixes[live] ?? 0;
  return live;
}

/** The node after the bytes before `end`; links what it passes. */
function read(trie: NeedleTrie, bytes: Uint8Array, end: number): number {
  let node = 0;
  for (let index = Math.max(0, end - maxHeadBytes); index < end; index += 1) node = step(trie, node, bytes[index] ?? 0);
  return node;
}

/** From a linked node to a linked node. */
function step(trie: NeedleTrie, node: number, byte: number): number {
  let from = node;
  let next = childOf(trie, from, byte);
  while (next === 0 && from !== 0) {
    trie.work.steps += 1;
    from = trie.suffixes[from] ?? 0;
    next = childOf(trie, from, byte);
  }
  if (next !== 0) link(trie, next, from);
  return next;
}

/**
 * Updates the suffix links of `node`, a child of `parent`. This is done when a stream first reaches the node, not when
 * a needle is added, so that adding one value among thousands stays cheap. The recursion is at most as deep as the
 * trie.
 */
function link(trie: NeedleTrie, node: number, parent: number): void {
  const { linked, suffixes } = trie;
  const bit = 1 << (node & 7);
  if (((linked[node >>> 3] ?? 0) & bit) !== 0) return;
  const suffix = parent === 0 ? 0 : step(trie, suffixes[parent] ?? 0, trie.labels[node] ?? 0);
  suffixes[node] = suffix;
  const shorter = ((trie.ends[suffix] ?? 0) & ~actsBelow) !== 0 ? suffix : (trie.shorterEnds[suffix] ?? 0);
  const acts = ((trie.ends[shorter] ?? 0) & (endsStart | endsHead | actsBelow)) !== 0;
  trie.shorterEnds[node] = shorter;
  trie.ends[node] = ((trie.ends[node] ?? 0) & ~actsBelow) | (acts ? actsBelow : 0);
  linked[node >>> 3] = (linked[node >>> 3] ?? 0) | bit;
}

/** True when needles were added since the links were made. */
function forgetStaleLinks(trie: NeedleTrie): boolean {
  if (trie.linkedIn === trie.generation) return false;
  trie.linked.fill(0);
  trie.recent.keys.fill(-1);
  trie.linkedIn = trie.generation;
  return true;
}
