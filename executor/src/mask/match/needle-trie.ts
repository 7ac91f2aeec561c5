import { hash } from "node:crypto";
import type { LaterNeedles, Needle } from "../needle.ts";
import { addPath, createByteTree, reserveForks } from "./byte-tree.ts";
import type { LongNeedle } from "./long-needle.ts";
import {
  type CountedTrie,
  type Fits,
  fitsEncoded,
  fitsTails,
  type Growth,
  growthBy,
  type NeedleMemory,
  sizeFor,
} from "./needle-memory.ts";
import type { MaskedCount } from "./mask-window.ts";
import { createOpenTails, openTails } from "./open-tails.ts";
import { createRecentSteps, type RecentSteps } from "./recent-steps.ts";
import { addStart, createStartFilter } from "./start-filter.ts";

/**
 * What is looked for in a run's output: needles, the heads of long ones, and the starts of those that are made later.
 * 12 bytes of memory for each node.
 */
export interface NeedleTrie extends CountedTrie {
  /** Changes when a needle is added: the state that a stream derived from an older generation is stale. */
  generation: number;
  depths: Uint8Array;
  /** What ends at a node: bits, as below. */
  ends: Uint8Array;
  /** The longest proper suffix that is also in the trie, valid where `linked` says so (see the automaton). */
  suffixes: Int32Array;
  /** The longest proper suffix at which a needle ends. */
  shorterEnds: Int32Array;
  /** One bit per node. All are taken back when a needle was added. */
  linked: Uint8Array;
  /** The generation that `linked` is of. */
  linkedIn: number;
  /** Steps that were made since then. */
  readonly recent: RecentSteps;
  /** By the node of their head: the long needles that are in no automaton yet. */
  readonly unopened: Map<number, LongNeedle[]>;
  /** Heads whose long needles there was no memory to follow. */
  readonly unfollowed: Set<number>;
  /** The head's node and a digest of each long needle: thousands of values may begin alike. */
  readonly knownLong: Set<string>;
  /** By the node of a start: the groups of needles to add when it is found. */
  readonly later: Map<number, LaterGroup[]>;
  /** What matching has done so far: steps of automata, and links between their nodes. */
  readonly work: { steps: number };
  /** What its streams have masked. */
  readonly masked: MaskedCount;
}

interface LaterGroup {
  readonly needles: () => readonly Needle[];
  isOpen: boolean;
}

/** In `ends`: a needle, or the head of a long one, that is hidden wherever it is found. */
export const endsAnywhere = 1;
/** In `ends`: a needle that is hidden only as a word. */
export const endsWord = 2;
/** In `ends`: nothing is hidden, but needles that start so are to be added. */
export const endsStart = 4;
/** In `ends`: a long needle may go on after this head. */
export const endsHead = 8;
/** In `ends`: a start or a head is among the shorter ends. It is renewed with the links. */
export const actsBelow = 16;

const firstSize = 1024;

const unlimited = { maxBytes: Infinity, onFull: () => undefined };

/** A trie without needles, which takes at most so much memory. */
export function createNeedleTrie(limits: Pick<NeedleMemory, "maxBytes" | "onFull"> = unlimited): NeedleTrie {
  return {
    ...createByteTree(firstSize),
    generation: 1,
    depths: new Uint8Array(firstSize),
    ends: new Uint8Array(firstSize),
    suffixes: new Int32Array(firstSize),
    shorterEnds: new Int32Array(firstSize),
    linked: new Uint8Array(firstSize >>> 3),
    linkedIn: 0,
    recent: createRecentSteps(1024),
    filter: createStartFilter(),
    unopened: new Map(),
    unfollowed: new Set(),
    knownLong: new Set(),
    later: new Map(),
    tails: createOpenTails(),
    memory: { ...limits, otherBytes: 0, isFull: false },
    work: { steps: 0 },
    masked: { bytes: 0, replacements: 0 },
  };
}

/**
 * Adds needles of at least four bytes, and the starts of those that are made later. False when `fits` refuses what they
 * would take: then none is added.
 */
export function addNeedles(
  trie: NeedleTrie,
  { now, later }: { readonly now: readonly Needle[]; readonly later: readonly LaterNeedles[] },
  fits: Fits,
): boolean {
  const growth = growthBy(now, later);
  const size = sizeFor(trie, growth, fits);
  if (size === undefined) return false;
  reserve(trie, size, growth);
  for (const needle of now) addNeedle(trie, needle);
  for (const group of later) addLater(trie, group);
  return true;
}

/** Adds the needles that may follow a start that ends at `node`, when there is memory for them. */
export function openLater(trie: NeedleTrie, node: number): void {
  const groups = trie.later.get(node) ?? [];
  trie.later.delete(node);
  trie.ends[node] = (trie.ends[node] ?? 0) & ~endsStart;
  for (const group of groups) {
    if (group.isOpen || trie.memory.isFull) continue;
    group.isOpen = true;
    if (!addNeedles(trie, { now: group.needles(), later: [] }, fitsEncoded)) becomeFull(trie);
  }
}

/** Opens the long needles whose head ends at `node`. False when there is no memory to follow each of them. */
export function openLong(trie: NeedleTrie, node: number): boolean {
  if (trie.unfollowed.has(node)) return false;
  const needles = trie.unopened.get(node);
  if (needles === undefined) return true;
  trie.unopened.delete(node);
  const open = (some: readonly LongNeedle[]): boolean =>
    openTails(trie.tails, some, { fits: (bytes) => fitsTails(trie, bytes), work: trie.work });
  if (open(needles)) return true;
  // The first is the value as it is. The others are hidden to the end of their line.
  if (needles.length > 1) open(needles.slice(0, 1));
  trie.unfollowed.add(node);
  return false;
}

/** From here on, no encoded forms are added. */
export function becomeFull({ memory }: NeedleTrie): void {
  if (memory.isFull) return;
  memory.isFull = true;
  memory.onFull();
}

function addNeedle(trie: NeedleTrie, { bytes, place, head }: Needle): void {
  const node = addHead(trie, bytes.subarray(0, head));
  const isNewLong = bytes.length > head && addLong(trie, { bytes, head, headNode: node });
  const known = trie.ends[node] ?? 0;
  const ends = known | (place === "anywhere" ? endsAnywhere : endsWord) | (bytes.length > head ? endsHead : 0);
  if (ends === known && !isNewLong) return;
  trie.ends[node] = ends;
  trie.generation += 1;
}

function addLater(trie: NeedleTrie, group: LaterNeedles): void {
  // The starts are in the trie then, so that only what makes the needles is kept.
  const kept = { needles: group.needles, isOpen: false };
  for (const start of group.starts) {
    const node = addHead(trie, start);
    trie.ends[node] = (trie.ends[node] ?? 0) | endsStart;
    const known = trie.later.get(node);
    if (known === undefined) trie.later.set(node, [kept]);
    else known.push(kept);
  }
  trie.generation += 1;
}

function addHead(trie: NeedleTrie, bytes: Uint8Array): number {
  const first = trie.count;
  const node = addPath(trie, bytes);
  const added = trie.count - first;
  for (let index = 0; index < added; index += 1) trie.depths[first + index] = bytes.length - added + index + 1;
  addStart(trie.filter, bytes);
  return node;
}

function addLong(trie: NeedleTrie, needle: LongNeedle): boolean {
  const key = `${needle.headNode} ${hash("sha256", needle.bytes, "base64")}`;
  if (trie.knownLong.has(key)) return false;
  trie.knownLong.add(key);
  // A copy of its own: a small buffer is a part of a larger one, which would stay with it.
  const kept = { ...needle, bytes: Uint8Array.from(needle.bytes) };
  const known = trie.unopened.get(needle.headNode);
  if (known === undefined) trie.unopened.set(needle.headNode, [kept]);
  else known.push(kept);
  return true;
}

function reserve(trie: NeedleTrie, size: number, { forks, otherBytes }: Growth): void {
  reserveForks(trie, forks);
  trie.memory.otherBytes += otherBytes;
  if (size === trie.labels.length) return;
  trie.labels = grown(trie.labels, size);
  trie.links = grown(trie.links, size);
  trie.depths = grown(trie.depths, size);
  trie.ends = grown(trie.ends, size);
  trie.linked = grown(trie.linked, (size >>> 3) + 1);
  for (const name of ["suffixes", "shorterEnds"] as const) {
    const old = trie[name];
    trie[name] = new Int32Array(size);
    trie[name].set(old);
  }
}

function grown(old: Uint8Array, size: number): Uint8Array {
  const larger = new Uint8Array(size);
  larger.set(old);
  return larger;
}
