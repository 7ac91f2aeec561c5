import { createCursor, type Cursor, malformed } from "./cursor.ts";
import type { Expression } from "./text-part.ts";

/*
 * The part of jq that a reference may use: paths, literals, objects and lists, comparing, adding, and pure functions of
 * text. Nothing that reads a file, the environment or another input, loops, or defines a name. jq itself runs the
 * program; only programs of this part reach it.
 */

const words: ReadonlySet<string> = new Set(
  "if then elif else end and or not true false null empty tostring tonumber tojson fromjson type length utf8bytelength keys has contains startswith endswith ltrimstr rtrimstr trim ltrim rtrim split join add first last reverse sort unique map select to_entries from_entries with_entries ascii_downcase ascii_upcase".split(
    " ",
  ),
);
const formats: ReadonlySet<string> = new Set("@text @json @base64 @base64d @uri @html @csv @tsv @sh".split(" "));
/** Words after which a new path begins. */
const openers: ReadonlySet<string> = new Set(["if", "then", "elif", "else", "and", "or"]);
const maxNested = 32;
const field = /\s*(?:\.\s*([A-Za-z_][A-Za-z0-9_]*)|\.\s*"([^"\\]*)"|(?:\.\s*)?\[\s*"([^"\\]*)"\s*\])/y;

/**
 * The jq program from `start` to its end: to the `)` that closes it, or to the end of the text. Throws
 * `REFERENCE_INVALID` for anything outside the allowed part, and for a program that reads no secret.
 */
export function readJqProgram(
  text: string,
  start: number,
  until: ")" | "end",
): { readonly expression: Expression; readonly end: number } {
  const cursor = createCursor(text, start);
  const names = new Set<string>();
  const end = passTokens(cursor, { text, names, until, depth: 0 });
  if (names.size === 0) throw malformed(start, 'expected a jq program that reads .secrets.NAME or .secrets["NAME"]');
  return { expression: { kind: "jq", program: text.slice(start, end), names: [...names] }, end: cursor.index() };
}

interface Region {
  readonly text: string;
  readonly names: Set<string>;
  readonly until: ")" | "end";
  readonly depth: number;
}

/** Moves past tokens up to the region's end, and returns the index of that end. */
function passTokens(cursor: Cursor, region: Region): number {
  if (region.depth > maxNested) throw malformed(cursor.index(), `expected at most ${maxNested} texts in each other`);
  const open: string[] = [];
  let hasPipe = false;
  let isAfterValue = false;
  for (;;) {
    cursor.skipSpace();
    const at = cursor.index();
    if (at >= region.text.length) {
      if (region.until === "end" && open.length === 0) return at;
      throw malformed(at, `expected ${open.at(-1) ?? ")"} before the text ends`);
    }
    if (cursor.take(/"/y) !== undefined) {
      passString(cursor, region);
      isAfterValue = true;
      continue;
    }
    if (cursor.take(/\.\s*secrets(?![A-Za-z0-9_])/y) !== undefined) {
      region.names.add(readName(cursor));
      isAfterValue = true;
      continue;
    }
    if (cursor.take(/\.(?!\.)/y) !== undefined) {
      if (!isAfterValue && !hasPipe)
        throw malformed(at, 'expected .secrets.NAME: a program sees only {"secrets": {…}}');
      const part = cursor.take(/\s*([A-Za-z_][A-Za-z0-9_]*)/y)?.[1];
      if (part !== undefined) refuseHyphen(cursor, part, (whole) => `["${whole}"] instead of .${whole}`);
      isAfterValue = true;
      continue;
    }
    const bracket = cursor.take(/[()[\]{}]/y)?.[0];
    if (bracket !== undefined) {
      const closing = closings.get(bracket);
      if (closing !== undefined) open.push(closing);
      else if (open.length === 0 && bracket === region.until) return at;
      else if (open.pop() !== bracket) throw malformed(at, `expected no ${bracket} here`);
      isAfterValue = closing === undefined;
      continue;
    }
    if (cursor.take(/\d{1,15}(?:\.\d{1,15})?(?![A-Za-z0-9_.])/y) !== undefined) {
      isAfterValue = true;
      continue;
    }
    const word = readWord(cursor, open.at(-1) === "}");
    if (word !== undefined) {
      isAfterValue = !openers.has(word);
      continue;
    }
    const operator = cursor.take(/\/\/(?!=)|==|!=|<=|>=|[<>+\-,:;?](?!=)|\|(?!=)/y)?.[0];
    if (operator === undefined) {
      throw malformed(at, "expected a path, a text, a number or a function that references may use; see the guide");
    }
    hasPipe ||= operator === "|";
    isAfterValue = operator === "?";
  }
}

const closings: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);

/**
 * An allowed word or format, or the key of an object; undefined when there is no word. Outside an object a word before a
 * colon is a function too: `.a[now:]`.
 */
function readWord(cursor: Cursor, isInObject: boolean): string | undefined {
  const at = cursor.index();
  const format = cursor.take(/@[a-z0-9]+/y)?.[0];
  if (format !== undefined) {
    if (formats.has(format)) return format;
    throw malformed(at, `expected one of ${[...formats].join(", ")}`);
  }
  const key = isInObject ? cursor.take(/[A-Za-z_][A-Za-z0-9_]*(?=\s*:)/y)?.[0] : undefined;
  if (key !== undefined) return key;
  const word = cursor.take(/[A-Za-z_][A-Za-z0-9_]*/y)?.[0];
  if (word === undefined || words.has(word)) return word;
  throw malformed(at, "expected a function that references may use; see the guide for the list");
}

/** Moves past a text after its opening quote. `\(` inside it opens a nested program. */
function passString(cursor: Cursor, region: Region): void {
  for (;;) {
    void cursor.take(/[^"\\]*/y);
    if (cursor.take(/"/y) !== undefined) return;
    if (cursor.take(/\\\(/y) !== undefined) {
      passTokens(cursor, { ...region, until: ")", depth: region.depth + 1 });
      continue;
    }
    if (cursor.take(/\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y) === undefined) {
      throw malformed(cursor.index(), "expected a closing quote, and a JSON escape after each backslash");
    }
  }
}

/** The secret name after `.secrets`. A program cannot read `.secrets` as a whole. */
function readName(cursor: Cursor): string {
  const at = cursor.index();
  const found = cursor.take(field);
  const name = found?.[1] ?? found?.[2] ?? found?.[3];
  if (name === undefined) throw malformed(at, 'expected .secrets.NAME or .secrets["NAME"]');
  if (found?.[1] !== undefined) refuseHyphen(cursor, name, (whole) => `.secrets["${whole}"]`);
  return name;
}

/** jq reads `.foo-bar` as `.foo` minus the function `bar`, so the name needs quotes. */
function refuseHyphen(cursor: Cursor, name: string, quoted: (whole: string) => string): void {
  const at = cursor.index() - name.length;
  const rest = cursor.take(/-[A-Za-z_][A-Za-z0-9_-]*/y)?.[0];
  if (rest === undefined) return;
  const wish = `write ${quoted(name + rest)}; without them jq reads the hyphen as minus`;
  throw malformed(at, `expected quotes around a name with a hyphen: ${wish}`);
}
