import { findJoiners } from "@sealrun/protocol";
import { type AnsiStyle, parseAnsi } from "./ansi.ts";
import { splitMasks } from "./mask-parts.ts";
import { findPlaces, type SourcePlace } from "./source-places.ts";
import { findWebAddresses } from "./web-addresses.ts";
import { splitHidden } from "../text/visible-text.ts";

/** A piece of a shown line. A found piece matches the search; one with a place names a line of the package, one with a href is part of a web address. */
export interface LinePart {
  readonly kind: "text" | "mask" | "hidden";
  readonly text: string;
  readonly style: AnsiStyle;
  readonly isFound: boolean;
  readonly place?: SourcePlace | undefined;
  readonly href?: string | undefined;
}

/** A pattern that finds `text` literally, in upper or lower case; undefined for an empty text. */
export function findPattern(text: string): RegExp | undefined {
  if (text === "") return undefined;
  return new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"), "gi");
}

/** Splits a line by its colours, its masks, its hidden characters, the matches of the search, web addresses, and the files that it names. */
export function lineParts(line: string, find: RegExp | undefined, files?: ReadonlySet<string>): readonly LinePart[] {
  const runs = parseAnsi(line);
  const whole = runs.map(({ text }) => text).join("");
  const found = findRanges(whole, find);
  const links = findLinks(whole, files);
  const joiners = findJoiners(whole);
  const parts: LinePart[] = [];
  let at = 0;
  for (const { text, style } of runs) {
    for (const piece of splitMasks(text)) {
      for (const linked of cut(piece.text, at, links)) {
        for (const { part, at: from, range } of cut(linked.part, linked.at, found)) {
          const { place, href } = linked.range ?? {};
          const looks = { style, isFound: range !== undefined, place, href };
          const isKept = (index: number): boolean => joiners.has(from + index);
          if (piece.kind === "mask") parts.push({ kind: "mask", text: part, ...looks });
          else for (const shown of splitHidden(part, isKept)) parts.push({ ...shown, ...looks });
        }
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

interface Link extends Range {
  readonly place?: SourcePlace;
  readonly href?: string;
}

/** Files of the package and web addresses, in their order; the end of an address may look like a line of a file. */
function findLinks(text: string, files: ReadonlySet<string> | undefined): readonly Link[] {
  const addresses = findWebAddresses(text);
  const places = files === undefined ? [] : findPlaces(text, files);
  const isInAddress = (place: Range): boolean => addresses.some(({ from, to }) => place.from < to && from < place.to);
  return [
    ...addresses,
    ...places.filter((place) => !isInAddress(place)).map((place) => ({ ...place, place })),
  ].toSorted((left, right) => left.from - right.from);
}

function findRanges(text: string, find: RegExp | undefined): readonly Range[] {
  if (find === undefined) return [];
  return [...text.matchAll(find)].map((found) => ({ from: found.index, to: found.index + found[0].length }));
}

interface Piece<R> {
  readonly part: string;
  /** Where it begins in the line. */
  readonly at: number;
  /** The range that it is in. */
  readonly range: R | undefined;
}

/** Cuts a text that begins at `at` at the start and end of each range. */
function cut<R extends Range>(text: string, at: number, ranges: readonly R[]): readonly Piece<R>[] {
  const pieces: Piece<R>[] = [];
  let done = 0;
  const add = (end: number, range?: R): void => {
    if (end > done) pieces.push({ part: text.slice(done, end), at: at + done, range });
    done = Math.max(done, end);
  };
  for (const range of ranges) {
    const start = Math.max(range.from - at, done);
    const end = Math.min(range.to - at, text.length);
    if (end <= start) continue;
    add(start);
    add(end, range);
  }
  add(text.length);
  return pieces;
}
