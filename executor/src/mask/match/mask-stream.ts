import { liveNode, maxHeadBytes, scan } from "./automaton.ts";
import { createLongNeedles } from "./follow-needles.ts";
import { createMaskWindow } from "./mask-window.ts";
import { maskedAnywhereBytes } from "@sealrun/protocol";
import { actsBelow, endsAnywhere, endsHead, endsStart, endsWord, type NeedleTrie, openLater } from "./needle-trie.ts";
import { createWordNeedles } from "./word-needles.ts";

/**
 * One stream of output bytes. Released bytes cannot be taken back, so that it holds back a possible start of a needle.
 */
export interface MaskStream {
  /** Takes bytes and returns those that are decided: masked, or certainly not part of a needle. */
  readonly write: (chunk: Uint8Array) => Uint8Array;
  /** For an idle stream: releases a single held byte. A longer beginning of a needle stays held. */
  readonly flush: () => Uint8Array;
  /**
   * The last bytes. A beginning of a needle at the end is masked if it has 8 bytes or more, unless the stream is whole.
   */
  readonly end: (extent?: "cut" | "whole") => Uint8Array;
  /** How many bytes are held back. */
  readonly heldBytes: () => number;
}

/** How many held bytes an idle stream releases. More would show most of a short value that is written byte by byte. */
const harmlessBytes = 1;

/** Enough context to find every needle again after one was added, with the bytes before it. */
const contextBytes = maxHeadBytes + maskedAnywhereBytes;

/** So many bytes are handled at once. What a stream keeps of them is small, however much it is given. */
export const pieceBytes = 64 * 1024;

const nothing = new Uint8Array(0);

/** Opens a stream over `trie`. A needle that is added later is masked in all bytes that were not released yet. */
export function createMaskStream(trie: NeedleTrie): MaskStream {
  const window = createMaskWindow(contextBytes, trie.masked);
  const words = createWordNeedles(window);
  const long = createLongNeedles(trie, window);
  let node = 0;
  let generation = 0;

  function found(longest: number, end: number, lastEnd: number): void {
    let starts: number[] | undefined; // opened after the loop, because that changes the links
    let isHidden = false; // then every shorter needle that ends here lies inside
    let at = ((trie.ends[longest] ?? 0) & ~actsBelow) === 0 ? (trie.shorterEnds[longest] ?? 0) : longest;
    while (at !== 0) {
      trie.work.steps += 1;
      const length = trie.depths[at] ?? 0;
      const ends = trie.ends[at] ?? 0;
      if (!isHidden && (ends & endsAnywhere) !== 0) {
        window.hide(end - length, lastEnd);
        isHidden = true;
      }
      if (!isHidden && (ends & endsWord) !== 0)
        for (let each = end; each <= lastEnd; each += 1) words.found(length, each);
      if ((ends & endsHead) !== 0) long.found(at, end, lastEnd);
      if ((ends & endsStart) !== 0) starts = [...(starts ?? []), at];
      if (isHidden && (ends & actsBelow) === 0) break;
      at = trie.shorterEnds[at] ?? 0;
    }
    if (starts !== undefined) for (const start of starts) openLater(trie, start);
  }

  function take(chunk: Uint8Array): void {
    const known = window.bytes.length;
    const isStale = generation !== trie.generation;
    window.append(chunk);
    words.decide(known, isStale);
    node = scan(trie, window.bytes, isStale ? { from: 0, node: 0 } : { from: known, node }, found);
    node = liveNode(trie, node);
    long.follow(known, isStale);
    generation = trie.generation;
  }

  const liveBytes = () => Math.max(trie.depths[node] ?? 0, words.undecidedBytes());

  return {
    write: (chunk) => {
      const given: Uint8Array[] = [];
      for (let from = 0; from < chunk.length; from += pieceBytes) {
        take(chunk.subarray(from, from + pieceBytes));
        given.push(window.release(window.bytes.length - liveBytes()));
      }
      return given.length === 1 ? (given[0] ?? nothing) : Buffer.concat(given);
    },
    flush: () => {
      take(nothing);
      const live = liveBytes();
      return window.release(window.bytes.length - (live > harmlessBytes ? live : 0));
    },
    end: (extent = "cut") => {
      take(nothing);
      words.decideAll();
      const length = window.bytes.length;
      const depth = trie.depths[node] ?? 0;
      if (extent === "cut" && depth >= maskedAnywhereBytes) window.hide(length - depth, length);
      return window.release(length);
    },
    heldBytes: window.heldBytes,
  };
}
