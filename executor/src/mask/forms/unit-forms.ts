import { inspect } from "node:util";

/** A form in which every byte, or character, of a value is written by itself. */
export interface UnitForm {
  readonly text: string;
  /** How long the part is that stands for the value's first bytes: enough to recognise it. */
  readonly head: number;
}

/** So many first bytes, or characters, of a value recognise it. */
export const headUnits = 8;

/** Whether a value has enough bytes for these forms: short lists of numbers are in many logs. */
export function hasUnitForms(bytes: Uint8Array): boolean {
  return bytes.length >= headUnits;
}

/** `text` with every byte in hex, decimal or an escape, and with every character as an entity. */
export function unitForms(text: string): readonly UnitForm[] {
  const bytes = [...Buffer.from(text)];
  const lower = bytes.map(hexOf);
  const upper = lower.map((pair) => pair.toUpperCase());
  const decimals = bytes.map(String);
  const characters = Array.from(text, (character) => (character.codePointAt(0) ?? 0).toString());
  const codesInHex = Array.from(text, (character) => (character.codePointAt(0) ?? 0).toString(16));
  return [
    ...[lower, upper].flatMap((pairs) => [" ", ":", "-"].map((separator) => joined(pairs, separator))),
    ...[lower, upper].flatMap((pairs) => [escaped(pairs, "\\x"), escaped(pairs, "%")]),
    joined(decimals, ", "),
    joined(decimals, ","),
    joined(decimals, " "),
    nodeList(bytes),
    joined(
      characters.map((code) => `&#${code};`),
      "",
    ),
    ...[codesInHex, codesInHex.map((code) => code.toUpperCase())].map((codes) =>
      joined(
        codes.map((code) => `&#x${code};`),
        "",
      ),
    ),
  ];
}

/** Units with a separator between them. */
export function joined(units: readonly string[], separator: string): UnitForm {
  return { text: units.join(separator), head: units.slice(0, headUnits).join(separator).length };
}

function escaped(pairs: readonly string[], before: string): UnitForm {
  return joined(
    pairs.map((pair) => `${before}${pair}`),
    "",
  );
}

/** How Node prints a list of numbers, in columns; from its first digit to the last that it prints. */
function nodeList(bytes: readonly number[]): UnitForm {
  const printed = inspect(bytes);
  const start = printed.search(/\d/);
  const text = /^[\d\s,]*\d/.exec(printed.slice(start))?.[0] ?? "";
  const firsts = /^(?:\d+[\s,]*){8}/.exec(text)?.[0] ?? text;
  return { text, head: firsts.trimEnd().length };
}

/**
 * How the list that Node prints may start: the second number's column is as wide as the widest in it. A line has three
 * numbers or more.
 */
export function nodeListStarts(text: string): readonly string[] {
  const [first = 0, second = 0] = Buffer.from(text);
  return [1, 2, 3].map((width) => `${first}, ${String(second).padStart(width)}, `);
}

/** Two digits of hex. */
export function hexOf(code: number): string {
  return code.toString(16).padStart(2, "0");
}
