import type { MaskWindow } from "./mask-window.ts";
import { type NeedleTrie, openLong } from "./needle-trie.ts";
import { depthOf, hides, nodeInSuccessor, stepTail, type TailAutomaton } from "./tail-automaton.ts";

const newline = 0x0a;

/** Where a stream is in an automaton of long needles. */
interface Following {
  automaton: TailAutomaton;
  node: number;
}

/**
 * Needles after their head: hidden for as long as the stream matches them, also when it stops before their end. A
 * needle that there is no memory to follow is hidden to the end of its line.
 */
export function createLongNeedles(trie: NeedleTrie, window: MaskWindow) {
  let followings: Following[] = [];
  let version = trie.tails.version;
  let hidesLine = false;
  /** Heads that were found since the last call of `follow`: the node of each, and where it ends in the window. */
  let nodes: number[] = [];
  let ends: number[] = [];
  const last = { node: 0, end: 0 };

  function start(headNode: number): void {
    if (!openLong(trie, headNode)) hidesLine = true;
    renew();
    for (const automaton of trie.tails.automata) {
      const node = automaton.heads.get(headNode);
      if (node !== undefined) keepDeeper({ automaton, node });
    }
  }

  /** Of two places in one automaton the deeper one has the other among its suffixes. */
  function keepDeeper({ automaton, node }: Following): void {
    const known = followings.find((following) => following.automaton === automaton);
    if (known === undefined) followings.push({ automaton, node });
    else if (depthOf(automaton, known.node) < depthOf(automaton, node)) known.node = node;
  }

  /** Goes on in the automata that have taken the place of others. */
  function renew(): void {
    if (version === trie.tails.version) return;
    version = trie.tails.version;
    const before = followings;
    followings = [];
    for (const following of before) keepDeeper(renewed(following));
  }

  /** Reads the window from one index to another. */
  function advance(from: number, to: number): void {
    if (from >= to) return;
    const { bytes } = window;
    if (hidesLine) {
      const found = bytes.subarray(0, to).indexOf(newline, from);
      hidesLine = found === -1;
      window.hide(from, found === -1 ? to : found);
    }
    let isOver = false;
    for (const following of followings) {
      const end = read(following, from, to);
      window.hide(from, end);
      isOver ||= end < to;
    }
    if (isOver) followings = followings.filter(({ automaton, node }) => hides(automaton, node));
  }

  /** Where the bytes from one index to another stop matching. */
  function read(following: Following, from: number, to: number): number {
    const { automaton } = following;
    const { bytes } = window;
    let { node } = following;
    let index = from;
    while (index < to) {
      const byte = bytes[index] ?? 0;
      const next = stepTail(automaton, node, byte, trie.work);
      const isSame = next === node;
      node = next;
      if (!hides(automaton, node)) break;
      index += 1;
      // One byte again and again leaves the state as it is.
      if (isSame) while (index < to && bytes[index] === byte) index += 1;
    }
    trie.work.steps += index - from + 1;
    following.node = node;
    return index;
  }

  /** Follows the heads that end up to `to`, from `from` on. */
  function readTo(from: number, to: number, firstHead: number): number {
    let at = from;
    let head = firstHead;
    for (; head < nodes.length && (ends[head] ?? 0) <= to; head += 1) {
      advance(at, ends[head] ?? 0);
      at = Math.max(at, ends[head] ?? 0);
      start(nodes[head] ?? 0);
    }
    advance(at, to);
    return head;
  }

  return {
    /** A head ends at each index from `end` to `lastEnd`. Heads are told in the order of their first ends. */
    found: (headNode: number, end: number, lastEnd: number) => {
      // The automaton that the head before was followed in has this one among its suffixes.
      if (headNode !== last.node || end !== last.end + 1) {
        nodes.push(headNode);
        ends.push(end);
      }
      last.node = headNode;
      last.end = lastEnd;
    },
    /**
     * Reads on from index `known`. When the window was scanned again, heads before `known` may be of needles that are
     * new: what follows them is read too.
     */
    follow: (known: number, isScannedAgain: boolean) => {
      renew();
      let head = 0;
      if (isScannedAgain) {
        const before = { followings, hidesLine };
        followings = [];
        hidesLine = false;
        head = readTo(0, known, 0);
        hidesLine ||= before.hidesLine;
        for (const following of before.followings) keepDeeper(renewed(following));
      }
      readTo(known, window.bytes.length, head);
      nodes = [];
      ends = [];
      last.node = 0;
    },
  };
}

function renewed(following: Following): Following {
  let { automaton, node } = following;
  while (automaton.successor !== undefined) {
    node = nodeInSuccessor(automaton, node, automaton.successor);
    automaton = automaton.successor;
  }
  return { automaton, node };
}
