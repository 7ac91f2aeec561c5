import { randomInt } from "node:crypto";

/**
 * Byte strings as a tree. Node 0 is the root, and arrays are indexed by node. A string that is added takes nodes in a
 * row, so that only a fork needs a place in the table.
 */
export interface ByteTree {
  count: number;
  labels: Uint8Array;
  /** Bit 1: this node is a child of the one before it. Bit 2: it has more children, in `forks`. */
  links: Uint8Array;
  /** Open addressing over (parent, label): pairs of parent and child, in which child 0 is free. */
  forks: Int32Array;
  forkCount: number;
  /** Random, so that a package that chooses the strings cannot make them share places in `forks`. */
  readonly seed: number;
}

/** In `links`. */
const followsParent = 1;
/** In `links`. */
const hasForks = 2;

/** A tree with space for `size` nodes; `reserveForks` makes space for forks. */
export function createByteTree(size: number): ByteTree {
  return {
    count: 1,
    labels: new Uint8Array(size),
    links: new Uint8Array(size),
    forks: new Int32Array(64),
    forkCount: 0,
    seed: randomInt(2 ** 32) | 0,
  };
}

/** The node one byte further, or 0. */
export function childOf(tree: ByteTree, node: number, byte: number): number {
  const { labels, links } = tree;
  const next = node + 1;
  if (labels[next] === byte && ((links[next] ?? 0) & followsParent) !== 0) return next;
  if (((links[node] ?? 0) & hasForks) === 0) return 0;
  const { forks } = tree;
  const last = (forks.length >>> 1) - 1;
  let slot = forkHash(tree, node, byte) & last;
  for (;;) {
    const child = forks[2 * slot + 1] ?? 0;
    if (child === 0 || (forks[2 * slot] === node && labels[child] === byte)) return child;
    slot = (slot + 1) & last;
  }
}

/** True when a longer string goes on after `node`. */
export function hasChild({ links }: ByteTree, node: number): boolean {
  return ((links[node] ?? 0) & hasForks) !== 0 || ((links[node + 1] ?? 0) & followsParent) !== 0;
}

/** The node of `bytes`, which is added where it is missing. The arrays must have space for it. */
export function addPath(tree: ByteTree, bytes: Uint8Array): number {
  let node = 0;
  let at = 0;
  for (; at < bytes.length; at += 1) {
    const child = childOf(tree, node, bytes[at] ?? 0);
    if (child === 0) break;
    node = child;
  }
  if (at === bytes.length) return node;
  const first = tree.count;
  tree.labels.set(bytes.subarray(at), first);
  tree.links.fill(followsParent, first, first + bytes.length - at);
  tree.count += bytes.length - at;
  if (first !== node + 1) {
    tree.links[first] = 0;
    tree.links[node] = (tree.links[node] ?? 0) | hasForks;
    reserveForks(tree, 1);
    placeFork(tree, node, first);
    tree.forkCount += 1;
  }
  return tree.count - 1;
}

/** The node of `bytes`, or undefined. */
export function findPath(tree: ByteTree, bytes: Uint8Array): number | undefined {
  let node = 0;
  for (const byte of bytes) {
    node = childOf(tree, node, byte);
    if (node === 0) return undefined;
  }
  return node;
}

/** How many numbers `forks` has when `more` were added: at most half of its places are taken. */
export function forksLength({ forks, forkCount }: ByteTree, more: number): number {
  let length = forks.length;
  while (length < 4 * (forkCount + more)) length *= 2;
  return length;
}

/** Makes space for `more` forks. */
export function reserveForks(tree: ByteTree, more: number): void {
  const length = forksLength(tree, more);
  if (length === tree.forks.length) return;
  const old = tree.forks;
  tree.forks = new Int32Array(length);
  for (let at = 0; at < old.length; at += 2) {
    if (old[at + 1] !== 0) placeFork(tree, old[at] ?? 0, old[at + 1] ?? 0);
  }
}

function placeFork(tree: ByteTree, parent: number, child: number): void {
  const { forks } = tree;
  const last = (forks.length >>> 1) - 1;
  let slot = forkHash(tree, parent, tree.labels[child] ?? 0) & last;
  while (forks[2 * slot + 1] !== 0) slot = (slot + 1) & last;
  forks[2 * slot] = parent;
  forks[2 * slot + 1] = child;
}

function forkHash({ seed }: ByteTree, node: number, byte: number): number {
  const mixed = Math.imul((node ^ seed) + byte * 0x01000193, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x9e3779b1) >>> 4;
}
