import { type JsonValue } from "./json-value.ts";

/** A shorter value is too likely to be an ordinary word. */
const minValueLength = 8;
/** Structured values also hold host names and user names, which a script may well contain. */
const minLeafLength = 12;

/** A line of a script that contains a secret's value. */
export interface PlaintextPlace {
  /** From 1. */
  readonly line: number;
  readonly name: string;
}

/**
 * The lines where a script contains a secret's text, as it is or escaped as in a string literal: strings of 8
 * characters or more, and of 12 or more inside structured values. In line order, each name once a line.
 */
export function findPlaintext(
  scriptText: string,
  values: ReadonlyMap<string, { readonly value: JsonValue }>,
): readonly PlaintextPlace[] {
  const places = new Map<string, PlaintextPlace>();
  const lineStarts = findLineStarts(scriptText);
  for (const [name, { value }] of values) {
    for (const needle of needlesOf(value)) {
      for (let at = scriptText.indexOf(needle); at !== -1; at = scriptText.indexOf(needle, at + needle.length)) {
        const line = lineOf(lineStarts, at);
        places.set(`${line} ${name}`, { line, name });
      }
    }
  }
  return [...places.values()].toSorted((left, right) => left.line - right.line);
}

function needlesOf(value: JsonValue): ReadonlySet<string> {
  const needles = new Set<string>();
  const texts = typeof value === "string" ? [value].filter((text) => text.length >= minValueLength) : leavesOf(value);
  for (const text of texts) needles.add(text).add(JSON.stringify(text).slice(1, -1));
  return needles;
}

function leavesOf(value: JsonValue): readonly string[] {
  if (typeof value === "string") return value.length >= minLeafLength ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}

function findLineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The number of line starts at or before a place, by binary search. */
function lineOf(starts: readonly number[], place: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}
