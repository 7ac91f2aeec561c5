import type { MaskWindow } from "./mask-window.ts";

/**
 * Needles that hide only as a word in one stream: where neither neighbour is a letter, digit or underscore. A needle at
 * the end of the window is decided by the next byte, or by the end of the stream.
 */
export function createWordNeedles(window: MaskWindow) {
  let undecided: readonly number[] = [];

  function hideUndecided(end: number): void {
    for (const length of undecided) window.hide(end - length, end);
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
      const { bytes } = window;
      if (goesOnBefore(bytes, end - length)) return;
      if (end === bytes.length) undecided = [...undecided, length];
      else if (!isWord(bytes[end])) window.hide(end - length, end);
    },
  };
}

/** Escapes whose last letter or digit is not part of a word: `\n`, `\u0020`, `\x20`, `%20` and terminal colours. */
const escapeAtEnd = /(?:\\(?:[bfnrtv]|u[0-9a-f]{4}|x[0-9a-f]{2})|%[0-9a-f]{2}|\p{Cc}\[[0-9;]*m)$/iu;
const maxEscapeBytes = 24;

function goesOnBefore(bytes: Uint8Array, start: number): boolean {
  if (!isWord(bytes[start - 1])) return false;
  const before = Buffer.from(bytes.subarray(Math.max(0, start - maxEscapeBytes), start)).toString("latin1");
  return !escapeAtEnd.test(before);
}

function isWord(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || byte === 95 || (byte >= 97 && byte <= 122);
}
