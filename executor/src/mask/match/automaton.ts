import { childOf, type NeedleTrie, startHash, wordAt } from "./needle-trie.ts";

/** No needle is shorter, so these first bytes decide whether a needle may start at an index. */
const startBytes = 4;

/**
 * Reads `bytes` from index `from` on, in state `node` (Aho and Corasick). Calls `found` with each node at which a
 * needle, or a suffix that is a needle, ends, and with the index after it. Returns the node of the longest beginning of
 * a needle at the end of `bytes`. Takes time linear in `bytes`, whatever the needles.
 */
export function scan(
  trie: NeedleTrie,
  bytes: Uint8Array,
  start: { readonly from: number; readonly node: number },
  found: (node: number, end: number) => void,
): number {
  let { from: index, node } = start;
  while (index < bytes.length) {
    if (node === 0 && index + startBytes <= bytes.length) {
      index = nextStart(trie.starts, bytes, index);
      if (index + startBytes > bytes.length) continue;
    }
    const next = step(trie, node, bytes[index] ?? 0);
    index += 1;
    const depth = trie.depths[next] ?? 0;
    const fellBack = depth <= (trie.depths[node] ?? 0);
    node = next;
    if (fellBack && depth < startBytes && index - depth + startBytes <= bytes.length) {
      // Back to skipping: no needle can have ended within so few bytes, and the start has moved on.
      index -= depth;
      node = 0;
    } else if (node !== 0) {
      link(trie, node);
      if (trie.ends[node] !== 0 || trie.shorterEnds[node] !== 0) found(node, index);
    }
  }
  return node;
}

/** The node of the longest suffix of `node` that is the beginning of a longer needle: those bytes must be held back. */
export function liveNode(trie: NeedleTrie, node: number): number {
  let live = node;
  while (live !== 0 && trie.goesOn[live] === 0) {
    link(trie, live);
    live = trie.suffixes[live] ?? 0;
  }
  return live;
}

/** The first index at or after `index` where a needle may start, or one from which fewer than four bytes are left. */
function nextStart(starts: Uint8Array, bytes: Uint8Array, index: number): number {
  const last = bytes.length - startBytes;
  let at = index;
  let word = wordAt(bytes, at);
  for (;;) {
    const hash = startHash(word);
    if (((starts[hash >>> 3] ?? 0) & (1 << (hash & 7))) !== 0) return at;
    at += 1;
    if (at > last) return at;
    word = (word << 8) | (bytes[at + 3] ?? 0);
  }
}

function step(trie: NeedleTrie, node: number, byte: number): number {
  let from = node;
  let next = childOf(trie, from, byte);
  while (next === 0 && from !== 0) {
    link(trie, from);
    from = trie.suffixes[from] ?? 0;
    next = childOf(trie, from, byte);
  }
  return next;
}

/**
 * Updates the suffix links of `node`. This is done when a stream first reaches the node, not when a needle is added, so
 * that adding one value among thousands stays cheap. The recursion is at most as deep as the trie.
 */
function link(trie: NeedleTrie, node: number): void {
  if (node === 0 || trie.linkedIn[node] === trie.generation) return;
  const parent = trie.parents[node] ?? 0;
  link(trie, parent);
  const suffix = parent === 0 ? 0 : step(trie, trie.suffixes[parent] ?? 0, trie.labels[node] ?? 0);
  link(trie, suffix);
  trie.suffixes[node] = suffix;
  trie.shorterEnds[node] = trie.ends[suffix] !== 0 ? suffix : (trie.shorterEnds[suffix] ?? 0);
  trie.linkedIn[node] = trie.generation;
}
