import { liveNode, scan } from "./automaton.ts";
import { advance, type Following, type LongNeedle } from "./long-needle.ts";
import { createMaskWindow, type MaskWindow } from "./mask-window.ts";
import { headBytes, type NeedleTrie } from "./needle-trie.ts";

/** One stream of bytes on its way out. Nothing it gives can be taken back, so it holds what may start a needle. */
export interface MaskStream {
  /** Takes bytes and gives those that are decided: masked, or certain to be no part of a needle. */
  readonly write: (chunk: Uint8Array) => Uint8Array;
  /** For an idle stream: gives up to 3 held bytes. A longer beginning of a needle stays held. */
  readonly flush: () => Uint8Array;
  /** The last bytes. A beginning of a needle that ends the stream is masked from 8 bytes on, unless nothing was cut. */
  readonly end: (extent?: "cut" | "whole") => Uint8Array;
  /** How many bytes are held back. */
  readonly held: () => number;
}

/** Needles shorter than this hide only between bytes that are not letters, digits or underscores. */
const anywhereBytes = 8;

/** Less is no needle, and so no secret. */
const harmlessBytes = 3;

/** Enough to find every needle again when one was added, with the byte before it. */
const contextBytes = headBytes + anywhereBytes;

const nothing = new Uint8Array(0);

/** Opens a stream over `trie`. A needle added later hides in everything that was not given out yet. */
export function createMaskStream(trie: NeedleTrie): MaskStream {
  const window = createMaskWindow(contextBytes);
  const short = createShortNeedles(window);
  const long = createLongNeedles(window);
  let node = 0;
  let generation = 0;

  function found(longest: number, end: number): void {
    let at = trie.ends[longest] === 1 ? longest : (trie.shorterEnds[longest] ?? 0);
    while (at !== 0) {
      const length = trie.depths[at] ?? 0;
      if (length >= anywhereBytes) {
        window.hidden.fill(1, end - length, end);
        for (const needle of trie.longNeedles.get(at) ?? []) long.start(needle, end);
        return; // every shorter needle that ends here lies inside
      }
      short.found(length, end);
      at = trie.shorterEnds[at] ?? 0;
    }
  }

  function take(chunk: Uint8Array): void {
    const known = window.bytes.length;
    const isStale = generation !== trie.generation;
    window.append(chunk);
    short.decide(known, isStale);
    long.goOn(known);
    node = scan(trie, window.bytes, isStale ? { from: 0, node: 0 } : { from: known, node }, found);
    node = liveNode(trie, node);
    generation = trie.generation;
  }

  const liveBytes = () => Math.max(trie.depths[node] ?? 0, short.undecidedBytes());

  return {
    write: (chunk) => {
      if (chunk.length === 0) return nothing;
      take(chunk);
      return window.release(window.bytes.length - liveBytes());
    },
    flush: () => {
      take(nothing);
      const live = liveBytes();
      return window.release(window.bytes.length - (live > harmlessBytes ? live : 0));
    },
    end: (extent = "cut") => {
      take(nothing);
      short.decideAll();
      const length = window.bytes.length;
      const depth = trie.depths[node] ?? 0;
      if (extent === "cut" && depth >= anywhereBytes) window.hidden.fill(1, length - depth, length);
      return window.release(length);
    },
    held: window.held,
  };
}

/** Needles of 4 to 7 bytes: one that the window ends with is decided by the next byte, or by the end of the stream. */
function createShortNeedles(window: MaskWindow) {
  let undecided: readonly number[] = [];

  function hideUndecided(end: number): void {
    for (const length of undecided) window.hidden.fill(1, end - length, end);
    undecided = [];
  }

  return {
    undecidedBytes: () => Math.max(0, ...undecided),
    decideAll: () => hideUndecided(window.bytes.length),
    /** `end` is where the window ended before it grew. A repeated scan finds the needles again. */
    decide: (end: number, isScannedAgain: boolean) => {
      if (isScannedAgain) undecided = [];
      else if (end < window.bytes.length && !isWord(window.bytes[end])) hideUndecided(end);
      else if (end < window.bytes.length) undecided = [];
    },
    found: (length: number, end: number) => {
      const { bytes, hidden } = window;
      if (isWord(bytes[end - length - 1])) return;
      if (end === bytes.length) undecided = [...undecided, length];
      else if (!isWord(bytes[end])) hidden.fill(1, end - length, end);
    },
  };
}

/** Needles past their head: hidden for as long as the stream goes on like them, finished or not. */
function createLongNeedles(window: MaskWindow) {
  const followings = new Map<LongNeedle, Following>();

  function follow(needle: LongNeedle, matchedBefore: number, start: number): void {
    const { bytes, hidden, offset } = window;
    let matched = matchedBefore;
    let index = start;
    while (matched > 0 && index < bytes.length) {
      matched = advance(needle, matched, bytes[index] ?? 0, headBytes);
      if (matched > 0) hidden[index] = 1;
      index += 1;
    }
    followings.set(needle, { matched, at: offset + index });
  }

  return {
    goOn: (start: number) => {
      for (const [needle, { matched }] of followings) if (matched > 0) follow(needle, matched, start);
    },
    /** The head of `needle` ends at `end`; nothing to do when it was followed past there already. */
    start: (needle: LongNeedle, end: number) => {
      const known = followings.get(needle);
      if (known === undefined || (known.matched === 0 && known.at < window.offset + end))
        follow(needle, headBytes, end);
    },
  };
}

function isWord(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || byte === 95 || (byte >= 97 && byte <= 122);
}
