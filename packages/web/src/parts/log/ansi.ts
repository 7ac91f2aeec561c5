/** A colour of a terminal: one of its sixteen named ones, or an exact one. */
export type AnsiColor =
  | { readonly kind: "named"; readonly index: number }
  | { readonly kind: "exact"; readonly rgb: readonly [red: number, green: number, blue: number] };

/** How a run of text looks; an absent field means the default. */
export interface AnsiStyle {
  readonly color?: AnsiColor | undefined;
  readonly background?: AnsiColor | undefined;
  readonly isBold?: boolean;
  readonly isFaint?: boolean;
  readonly isItalic?: boolean;
  readonly isUnderlined?: boolean;
  readonly isStruck?: boolean;
  readonly isInverse?: boolean;
}

/** A run of text in one style. */
export interface AnsiRun {
  readonly text: string;
  readonly style: AnsiStyle;
}

const escape = String.fromCodePoint(0x1b);
const bell = String.fromCodePoint(0x07);

/**
 * One escape sequence: CSI with its parameters and its letter; OSC and the other strings, which count only when they
 * are terminated, so that a broken one hides nothing; character sets; two characters.
 */
const sequence = new RegExp(
  `${escape}(?:\\[([0-?]*)[ -/]*([@-~])|\\][^${bell}${escape}]*(?:${bell}|${escape}\\\\)|[PX^_][^${escape}]*${escape}\\\\|[ -/]+[0-~]|[0-~])`,
  "g",
);

const plain: AnsiStyle = {};

/** Splits a line into runs by its SGR sequences. Other escape sequences are dropped, all text stays. Never throws. */
export function parseAnsi(line: string): readonly AnsiRun[] {
  if (!line.includes(escape)) return line === "" ? [] : [{ text: line, style: plain }];
  const runs: AnsiRun[] = [];
  let style = plain;
  let done = 0;
  for (const found of line.matchAll(sequence)) {
    if (found.index > done) runs.push({ text: line.slice(done, found.index), style });
    if (found[2] === "m") style = applySgr(style, found[1] ?? "");
    done = found.index + found[0].length;
  }
  if (done < line.length) runs.push({ text: line.slice(done), style });
  return runs;
}

/** A line without its escape sequences, as a reader sees it and as the search reads it. */
export function visibleLine(line: string): string {
  return line.includes(escape) ? line.replaceAll(sequence, "") : line;
}

const switches: ReadonlyMap<number, AnsiStyle> = new Map<number, AnsiStyle>([
  [1, { isBold: true }],
  [2, { isFaint: true }],
  [3, { isItalic: true }],
  [4, { isUnderlined: true }],
  [7, { isInverse: true }],
  [9, { isStruck: true }],
  [21, { isUnderlined: true }],
  [22, { isBold: false, isFaint: false }],
  [23, { isItalic: false }],
  [24, { isUnderlined: false }],
  [27, { isInverse: false }],
  [29, { isStruck: false }],
  [39, { color: undefined }],
  [49, { background: undefined }],
]);

function applySgr(before: AnsiStyle, parameters: string): AnsiStyle {
  // A colon joins the parts of one colour; the empty part is the colour space, which programs leave out.
  const codes = parameters.replaceAll("::", ":").split(/[;:]/).map(Number);
  let style = before;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code === 0) style = plain;
    else if (code === 38 || code === 48) {
      const { color, used } = readColor(codes.slice(index + 1, index + 5));
      index += used;
      if (color !== undefined) style = { ...style, [code === 38 ? "color" : "background"]: color };
    } else style = { ...style, ...(switches.get(code) ?? namedColor(code)) };
  }
  return style;
}

function namedColor(code: number): AnsiStyle {
  if (code >= 30 && code <= 37) return { color: { kind: "named", index: code - 30 } };
  if (code >= 90 && code <= 97) return { color: { kind: "named", index: code - 82 } };
  if (code >= 40 && code <= 47) return { background: { kind: "named", index: code - 40 } };
  if (code >= 100 && code <= 107) return { background: { kind: "named", index: code - 92 } };
  return plain;
}

function readColor(codes: readonly number[]): { readonly color: AnsiColor | undefined; readonly used: number } {
  const [form, first = 0, second = 0, third = 0] = codes;
  if (form === 5) return { color: paletteColor(first), used: 2 };
  if (form === 2) return { color: { kind: "exact", rgb: [byte(first), byte(second), byte(third)] }, used: 4 };
  return { color: undefined, used: 0 };
}

/** The 256 colours: sixteen named ones, a cube of 6 × 6 × 6, and 24 greys. */
function paletteColor(code: number): AnsiColor | undefined {
  if (!Number.isInteger(code) || code < 0 || code > 255) return undefined;
  if (code < 16) return { kind: "named", index: code };
  if (code >= 232) {
    const grey = 8 + (code - 232) * 10;
    return { kind: "exact", rgb: [grey, grey, grey] };
  }
  const place = code - 16;
  return { kind: "exact", rgb: [cubeLevel(place / 36), cubeLevel((place / 6) % 6), cubeLevel(place % 6)] };
}

function cubeLevel(place: number): number {
  const level = Math.floor(place);
  return level === 0 ? 0 : 55 + level * 40;
}

function byte(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(Math.trunc(value), 0), 255) : 0;
}
