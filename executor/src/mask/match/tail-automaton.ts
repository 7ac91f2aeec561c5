import { addPath, type ByteTree, childOf, createByteTree, findPath } from "./byte-tree.ts";
import type { LongNeedle } from "./long-needle.ts";
import { createRecentSteps, type RecentSteps, stepKey, stepSlot } from "./recent-steps.ts";

/** Whole long needles as one automaton (Aho and Corasick): it does not change once it is built. */
export interface TailAutomaton extends ByteTree {
  readonly needles: readonly LongNeedle[];
  readonly needleBytes: number;
  readonly recent: RecentSteps;
  /** The longest proper suffix of each node that is also in the tree. */
  suffixes: Int32Array;
  /** For each needle that added nodes: the first of them, and its depth. */
  readonly runs: readonly Run[];
  /** The node at which each head ends, by the head's node in the trie. */
  readonly heads: ReadonlyMap<number, number>;
  /** What it takes. */
  readonly bytes: number;
  /** The automaton that has all of these needles, and more, since they were put together. */
  successor: TailAutomaton | undefined;
}

interface Run {
  readonly start: number;
  readonly depth: number;
  readonly needle: LongNeedle;
}

/** The nodes of an automaton before they are linked: enough to know what it will take. */
export interface TailPlan {
  readonly tree: ByteTree;
  readonly needles: readonly LongNeedle[];
  readonly needleBytes: number;
  readonly runs: readonly Run[];
  readonly heads: ReadonlyMap<number, number>;
  /** What planning takes itself, until the automaton is built. */
  readonly ownBytes: number;
  readonly automatonBytes: number;
}

/** Labels, links and suffixes. */
const nodeBytes = 6;

/** A run is an object, a head an entry of a map; measured on Node 24. */
const runBytes = 112;

/** What an automaton of these needles takes at most, as if they had no beginning in common. */
export function maxBytesOfTail(needles: readonly LongNeedle[]): number {
  const sum = needles.reduce((total, { bytes }) => total + bytes.length, 0);
  return (sum + 2) * nodeBytes + needles.length * (runBytes + maxForkBytes);
}

/** A fork has two numbers, and up to three free places. */
const maxForkBytes = 32;

/** What a plan for needles of so many bytes takes. */
export function planBytes(needleBytes: number): number {
  return 2 * (needleBytes + 2);
}

/** Takes time linear in the bytes of all needles together. */
export function planTail(needles: readonly LongNeedle[]): TailPlan {
  const needleBytes = needles.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const tree = createByteTree(needleBytes + 2);
  const heads = new Map<number, number>();
  const runs: Run[] = [];
  for (const needle of needles) {
    const start = tree.count;
    const end = addPath(tree, needle.bytes);
    const added = tree.count - start;
    if (added > 0) runs.push({ start, depth: needle.bytes.length - added + 1, needle });
    if (!heads.has(needle.headNode)) heads.set(needle.headNode, nodeAt(tree, needle, end));
  }
  const automatonBytes = tree.count * nodeBytes + tree.forks.byteLength + runs.length * runBytes;
  return { tree, needles, needleBytes, runs, heads, ownBytes: planBytes(needleBytes), automatonBytes };
}

/** Links the nodes of a plan. Takes time linear in the bytes of all needles together; `work` counts it. */
export function buildTail(plan: TailPlan, work: { steps: number }): TailAutomaton {
  const { tree, needles, needleBytes, runs, heads, automatonBytes } = plan;
  const size = tree.count;
  const automaton: TailAutomaton = {
    ...tree,
    labels: tree.labels.slice(0, size),
    links: tree.links.slice(0, size),
    suffixes: new Int32Array(size),
    needles,
    needleBytes,
    recent: createRecentSteps(64),
    runs,
    heads,
    bytes: automatonBytes,
    successor: undefined,
  };
  linkAll(automaton, work);
  return automaton;
}

/** True where these bytes end with the head of a needle, or with more of it. */
export function hides({ links }: TailAutomaton, node: number): boolean {
  return ((links[node] ?? 0) & hiding) !== 0;
}

/** In `links`, beside the bits of the tree. */
const hiding = 4;
/** In `links`: the suffix of this node is known. */
const linked = 8;

/** The node one byte after `node`, or after the longest suffix that has one. `work` counts each suffix. */
export function stepTail(automaton: TailAutomaton, node: number, byte: number, work: { steps: number }): number {
  const { keys, nexts } = automaton.recent;
  const key = stepKey(node, byte);
  const slot = stepSlot(key, keys.length);
  if (keys[slot] === key) return nexts[slot] ?? 0;
  let from = node;
  let next = childOf(automaton, from, byte);
  while (next === 0 && from !== 0) {
    work.steps += 1;
    from = automaton.suffixes[from] ?? 0;
    next = childOf(automaton, from, byte);
  }
  keys[slot] = key;
  nexts[slot] = next;
  return next;
}

/** How many bytes lead to `node`. */
export function depthOf(automaton: TailAutomaton, node: number): number {
  const run = runOf(automaton, node);
  return node === 0 || run === undefined ? 0 : run.depth + node - run.start;
}

/** The node of the same bytes in the automaton that `automaton` has become a part of. */
export function nodeInSuccessor(automaton: TailAutomaton, node: number, successor: TailAutomaton): number {
  const run = runOf(automaton, node);
  if (node === 0 || run === undefined) return 0;
  return findPath(successor, run.needle.bytes.subarray(0, run.depth + node - run.start)) ?? 0;
}

function runOf({ runs }: TailAutomaton, node: number): Run | undefined {
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((runs[middle]?.start ?? 0) <= node) low = middle;
    else high = middle - 1;
  }
  return runs[low];
}

function nodeAt(tree: ByteTree, { bytes, head }: LongNeedle, end: number): number {
  return bytes.length === head ? end : (findPath(tree, bytes.subarray(0, head)) ?? 0);
}

/** Byte after byte for all needles at once, because the suffix of a node is a shorter one. */
function linkAll(automaton: TailAutomaton, work: { steps: number }): void {
  const { suffixes, links } = automaton;
  const longestFirst = automaton.needles.toSorted((one, other) => other.bytes.length - one.bytes.length);
  const nodes = new Int32Array(longestFirst.length);
  let left = longestFirst.length;
  for (let depth = 1; ; depth += 1) {
    while (left > 0 && (longestFirst[left - 1]?.bytes.length ?? 0) < depth) left -= 1;
    if (left === 0) return;
    work.steps += left;
    for (let index = 0; index < left; index += 1) {
      const needle = longestFirst[index];
      if (needle === undefined) break;
      const node = nodes[index] ?? 0;
      const byte = needle.bytes[depth - 1] ?? 0;
      const child = childOf(automaton, node, byte);
      nodes[index] = child;
      if (((links[child] ?? 0) & linked) === 0) {
        const suffix = node === 0 ? 0 : stepTail(automaton, suffixes[node] ?? 0, byte, work);
        suffixes[child] = suffix;
        links[child] = (links[child] ?? 0) | linked | ((links[suffix] ?? 0) & hiding);
      }
      if (depth >= needle.head) links[child] = (links[child] ?? 0) | hiding;
    }
  }
}
