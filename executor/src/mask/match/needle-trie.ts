import { hash } from "node:crypto";
import type { LaterNeedles, Needle } from "../needle.ts";
import type { LongNeedle } from "./long-needle.ts";

/**
 * Needles as a tree of bytes. Node 0 is the root; every array is indexed by node. About 30 bytes of memory per node.
 */
export interface NeedleTrie {
  count: number;
  /** Changes when a needle is added: the state that a stream derived from an older generation is stale. */
  generation: number;
  parents: Int32Array;
  labels: Uint8Array;
  depths: Uint8Array;
  /** 1 where a needle, or the head of a long one, ends; 2 where one ends that hides only as a word; 3 at a start. */
  ends: Uint8Array;
  /** 1 where a longer needle continues. */
  goesOn: Uint8Array;
  /** The longest proper suffix that is also in the trie, valid while `linkedIn` is the generation (see `link`). */
  suffixes: Int32Array;
  /** The longest proper suffix at which a needle ends. */
  shorterEnds: Int32Array;
  linkedIn: Int32Array;
  /** Open addressing over (parent, label); holds child nodes, 0 is free. */
  slots: Int32Array;
  /** One bit per hash of a needle's first four bytes: where it is 0 no needle starts. */
  readonly starts: Uint8Array;
  readonly longNeedles: Map<number, LongNeedle[]>;
  /** The head's node and a digest of each long needle: thousands of values may begin alike. */
  readonly knownLong: Set<string>;
  /** By the node of a start: the needles to add when it is found. */
  readonly later: Map<number, Set<LaterNeedles>>;
}

/** In `ends`: hidden wherever it is found. */
export const endsAnywhere = 1;
/** In `ends`: hidden only as a word. */
export const endsWord = 2;
/** In `ends`: nothing is hidden, but needles that start so are to be added. */
const endsStart = 3;

/** A trie without needles. */
export function createNeedleTrie(): NeedleTrie {
  return {
    count: 1,
    generation: 1,
    ...arraysOf(1024),
    slots: new Int32Array(4096),
    starts: new Uint8Array(1 << 15),
    longNeedles: new Map(),
    knownLong: new Set(),
    later: new Map(),
  };
}

/** Adds one needle of at least four bytes. Takes time linear in its length, whatever is in the trie already. */
export function addNeedle(trie: NeedleTrie, { bytes, place, head }: Needle): void {
  const node = addPath(trie, bytes.subarray(0, head));
  const isNewLong = bytes.length > head && addLong(trie, node, { bytes, head, borders: undefined });
  const end = place === "anywhere" ? endsAnywhere : endsWord;
  const known = trie.ends[node] ?? 0;
  if ((known === endsAnywhere || known === end) && !isNewLong) return;
  trie.ends[node] = known === endsAnywhere ? known : end;
  trie.generation += 1;
}

/** Adds only the starts of these needles, of at least four bytes each. */
export function addLater(trie: NeedleTrie, later: LaterNeedles): void {
  for (const start of later.starts) {
    const node = addPath(trie, start);
    if (trie.ends[node] === 0) trie.ends[node] = endsStart;
    const known = trie.later.get(node);
    if (known === undefined) trie.later.set(node, new Set([later]));
    else known.add(later);
  }
  trie.generation += 1;
}

/** Adds the needles that may follow a start that ends at `node`. */
export function openLater(trie: NeedleTrie, node: number): void {
  const groups = trie.later.get(node);
  if (groups === undefined) return;
  trie.later.delete(node);
  for (const { needles } of groups) for (const needle of needles()) addNeedle(trie, needle);
}

function addPath(trie: NeedleTrie, bytes: Uint8Array): number {
  let node = 0;
  for (const byte of bytes) node = childOf(trie, node, byte) || addChild(trie, node, byte);
  const word = startHash(wordAt(bytes, 0));
  trie.starts[word >>> 3] = (trie.starts[word >>> 3] ?? 0) | (1 << (word & 7));
  return node;
}

/** The node one byte further, or 0. */
export function childOf(trie: NeedleTrie, node: number, byte: number): number {
  const { slots, parents, labels } = trie;
  let slot = slotHash(node, byte) & (slots.length - 1);
  for (;;) {
    const child = slots[slot] ?? 0;
    if (child === 0 || (parents[child] === node && labels[child] === byte)) return child;
    slot = (slot + 1) & (slots.length - 1);
  }
}

/** The four bytes at `index` as one number. */
export function wordAt(bytes: Uint8Array, index: number): number {
  const high = ((bytes[index] ?? 0) << 24) | ((bytes[index + 1] ?? 0) << 16);
  return high | ((bytes[index + 2] ?? 0) << 8) | (bytes[index + 3] ?? 0);
}

/** The index of a word in `starts`: 18 bits. */
export function startHash(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> 14;
}

function slotHash(node: number, byte: number): number {
  const mixed = Math.imul(node ^ (byte << 23), 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x9e3779b1) >>> 4;
}

function addLong(trie: NeedleTrie, node: number, needle: LongNeedle): boolean {
  const key = `${node} ${hash("sha256", needle.bytes, "base64")}`;
  if (trie.knownLong.has(key)) return false;
  trie.knownLong.add(key);
  const known = trie.longNeedles.get(node);
  if (known === undefined) trie.longNeedles.set(node, [needle]);
  else known.push(needle);
  return true;
}

function addChild(trie: NeedleTrie, parent: number, byte: number): number {
  if (trie.count === trie.parents.length) grow(trie);
  const child = trie.count;
  trie.count += 1;
  trie.parents[child] = parent;
  trie.labels[child] = byte;
  trie.depths[child] = (trie.depths[parent] ?? 0) + 1;
  trie.goesOn[parent] = 1;
  place(trie, child);
  return child;
}

function place(trie: NeedleTrie, child: number): void {
  const { slots } = trie;
  let slot = slotHash(trie.parents[child] ?? 0, trie.labels[child] ?? 0) & (slots.length - 1);
  while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
  slots[slot] = child;
}

function grow(trie: NeedleTrie): void {
  const old = { ...trie };
  const larger = arraysOf(old.parents.length * 2);
  larger.parents.set(old.parents);
  larger.labels.set(old.labels);
  larger.depths.set(old.depths);
  larger.ends.set(old.ends);
  larger.goesOn.set(old.goesOn);
  Object.assign(trie, larger, { slots: new Int32Array(larger.parents.length * 4) });
  trie.generation += 1; // the links were not copied
  for (let child = 1; child < trie.count; child += 1) place(trie, child);
}

function arraysOf(size: number) {
  return {
    parents: new Int32Array(size),
    labels: new Uint8Array(size),
    depths: new Uint8Array(size),
    ends: new Uint8Array(size),
    goesOn: new Uint8Array(size),
    suffixes: new Int32Array(size),
    shorterEnds: new Int32Array(size),
    linkedIn: new Int32Array(size),
  };
}
