import { type AnsiStyle, parseAnsi } from "./ansi.ts";
import { splitMasks } from "./mask-parts.ts";
import { splitHidden } from "../text/visible-text.ts";

/** A piece of a shown line. Found pieces belong to what is searched. */
export interface LinePart {
  readonly kind: "text" | "mask" | "hidden";
  readonly text: string;
  readonly style: AnsiStyle;
  readonly isFound: boolean;
}

/** A pattern that finds `text` as it stands, in any case; undefined for nothing. */
export function findPattern(text: string): RegExp | undefined {
  if (text === "") return undefined;
  return new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"), "gi");
}

/** Everything that is to be told apart in one line: its colours, its masks, hidden characters, and what is searched. */
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

/** Cuts a text that stands at `at` where what was found begins and ends. */
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
