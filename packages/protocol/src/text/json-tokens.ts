import { isLostInteger, lostIntegerAdvice } from "./lost-integers.ts";
import { showName, showPath } from "./show-text.ts";
import { type ErrorCode } from "../error-codes.ts";
import { SealrunError } from "../error.ts";

/** A position in a JSON text; moves forward as the text is read. */
export interface Cursor {
  readonly text: string;
  readonly file: string;
  readonly code: ErrorCode;
  readonly maxDepth: number;
  /** Down to which depth errors may name keys; the root object is 1. A deeper key is a part of a value, so it is secret. */
  readonly namedDepth: number;
  /** The keys and indices of the objects and lists around the position, the outermost first. */
  readonly path: (string | number)[];
  at: number;
  line: number;
  lineStart: number;
}

/** The error for one place: `secrets.json:3:14: …`. */
export function errorAt(cursor: Cursor, at: number, sentence: string): SealrunError {
  return new SealrunError(cursor.code, `${cursor.file}:${cursor.line}:${at - cursor.lineStart + 1}: ${sentence}`);
}

/** Moves past white space. Lines end only there, because a string cannot hold a raw line break. */
export function skipSpace(cursor: Cursor): void {
  for (;;) {
    const character = cursor.text.charCodeAt(cursor.at);
    if (character === 0x0a) {
      cursor.line += 1;
      cursor.lineStart = cursor.at + 1;
    } else if (character !== 0x20 && character !== 0x09 && character !== 0x0d) return;
    cursor.at += 1;
  }
}

/** Reads the string whose opening quote is at the cursor. Throws for raw control characters, bad escapes, lone surrogates. */
export function readString(cursor: Cursor): string {
  const opening = cursor.at;
  let at = opening + 1;
  let from = at;
  let value = "";
  for (;;) {
    const character = cursor.text.charCodeAt(at);
    if (character === 0x22) break;
    if (Number.isNaN(character)) throw errorAt(cursor, opening, 'expected a closing " for the string that starts here');
    if (character < 0x20) throw errorAt(cursor, at, rawControl(character));
    if (character !== 0x5c) {
      at += 1;
      continue;
    }
    const escape = readEscape(cursor, at);
    value += cursor.text.slice(from, at) + escape.value;
    at += escape.length;
    from = at;
  }
  value += cursor.text.slice(from, at);
  cursor.at = at + 1;
  if (!value.isWellFormed()) {
    throw errorAt(
      cursor,
      opening,
      "expected text: this string holds half of a surrogate pair; write both halves or neither",
    );
  }
  return value;
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

function readEscape(cursor: Cursor, at: number): { readonly value: string; readonly length: number } {
  const letter = cursor.text.charAt(at + 1);
  const value = Object.hasOwn(simpleEscapes, letter) ? simpleEscapes[letter] : undefined;
  if (value !== undefined) return { value, length: 2 };
  const digits = cursor.text.slice(at + 2, at + 6);
  if (letter === "u" && /^[0-9a-fA-F]{4}$/.test(digits)) {
    return { value: String.fromCharCode(Number.parseInt(digits, 16)), length: 6 };
  }
  throw errorAt(
    cursor,
    at,
    'expected \\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u with four hex digits; write a backslash itself as \\\\',
  );
}

function rawControl(character: number): string {
  if (character === 0x0a || character === 0x0d)
    return 'expected a closing " before the line ends; write a line break as \\n';
  return `expected control characters to be escaped; write this one as \\u${character.toString(16).padStart(4, "0")}`;
}

const numberRule = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const asString = "write it as text (in quotes)";

/** Reads the number at the cursor. Throws for one that JSON cannot keep: too large, too small, or an integer that is rounded. */
export function readNumber(cursor: Cursor): number {
  numberRule.lastIndex = cursor.at;
  const literal = numberRule.exec(cursor.text)?.[0];
  if (literal === undefined)
    throw errorAt(cursor, cursor.at, "expected a number: digits before and after the point, no leading +");
  const value = Number(literal);
  if (!Number.isFinite(value))
    throw errorAt(cursor, cursor.at, `expected a number that fits: this one is too large; ${asString}`);
  if (value === 0 && /[1-9]/.test(literal.replace(/[eE].*/, ""))) {
    throw errorAt(cursor, cursor.at, `expected a number that fits: this one is too small; ${asString}`);
  }
  if (isLostInteger(literal)) {
    const named = showPath(cursor.path.slice(0, cursor.namedDepth));
    throw errorAt(cursor, cursor.at, `${named === "" ? "" : `${named}: `}${lostIntegerAdvice}`);
  }
  cursor.at += literal.length;
  const next = cursor.text.charAt(cursor.at);
  if (/[0-9A-Za-z_.+-]/.test(next))
    throw errorAt(cursor, cursor.at, "expected the number to end here; JSON has no leading zeros and no units");
  return value;
}

/** The error for a duplicate key. It names the key unless it is a part of a value. */
export function duplicateKey(cursor: Cursor, at: number, key: string | undefined): SealrunError {
  return errorAt(cursor, at, `duplicate key${key === undefined ? "" : ` ${showName(key)}`}; keep one of them`);
}
