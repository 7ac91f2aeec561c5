import { type AnsiStyle, parseAnsi } from "./ansi.ts";
import { splitMasks } from "./mask-parts.ts";
import { splitHidden } from "../text/visible-text.ts";

/** A piece of a shown line. A found piece matches the search. */
export interface LinePart {
  readonly kind: "text" | "mask" | "hidden";
  readonly text: string;
  readonly style: AnsiStyle;
  readonly isFound: boolean;
}

/** A pattern that finds `text` literally, in upper or lower case; undefined for an empty text. */
export function findPattern(text: string): RegExp | undefined {
  if (text === "") return undefined;
  return new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"), "gi");
}

/** Splits a line by its colours, its masks, its hidden characters, and the matches of the search. */
export function lineParts(line: string, find: RegExp | undefined): readonly LinePart[] {
  const runs = parseAnsi(line.endsWith("\r") ? line.slice(0, -1) : line);
  const found = findRanges(runs.map(({ text }) => text).join(""), find);
  const parts: LinePart[] = [];
  let at = 0;
  for (const { text, style } of runs) {
    for (const piece of splitMasks(text)) {
      for (const { part, isFound } of cut(piece.text, at, found)) {
        if (piece.kind === "mask") parts.push({ kind: "mask", text: part, style, isFound });
        else for (const shown of splitHidden(part)) parts.push({ ...shown, style, isFound });
      }
      at += piece.text.length;
    }
  }
  return parts;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function findRanges(text: string, find: RegExp | undefined): readonly Range[] {
  if (find === undefined) return [];
  return [...text.matchAll(find)].map((found) => ({ from: found.index, to: found.index + found[0].length }));
}

/** Cuts a text that begins at `at` at the start and end of each match. */
function cut(
  text: string,
  at: number,
  found: readonly Range[],
): readonly { readonly part: string; readonly isFound: boolean }[] {
  const pieces: { part: string; isFound: boolean }[] = [];
  let done = 0;
  for (const { from, to } of found) {
    const start = Math.max(from - at, done);
    const end = Math.min(to - at, text.length);
    if (end <= start) continue;
    if (start > done) pieces.push({ part: text.slice(done, start), isFound: false });
    pieces.push({ part: text.slice(start, end), isFound: true });
    done = end;
  }
  if (done < text.length) pieces.push({ part: text.slice(done), isFound: false });
  return pieces;
}
