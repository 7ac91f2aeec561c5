import { type ErrorCode } from "../error-codes.ts";
import { SealrunError } from "../error.ts";
import { type Cursor, duplicateKey, errorAt, readNumber, readString, skipSpace } from "./json-tokens.ts";
import { type JsonObject, type JsonValue } from "./json-value.ts";
import { showBytes } from "./show-text.ts";
import { decodeUtf8 } from "./utf8.ts";

/** How strictly to read, and what to call the document in errors. */
export interface StrictJsonOptions {
  /** Starts every sentence. */
  readonly file: string;
  readonly code: ErrorCode;
  readonly maxBytes: number;
  /** Objects and arrays inside each other, the outermost counted. */
  readonly maxDepth: number;
  /**
   * Which keys errors may name: `none` when the whole document is one secret value, `all` when no part of it is secret.
   * Without it, those of the root.
   */
  readonly named?: "none" | "root" | "all";
}

/** A document and the lines of the members of its root object. */
export interface StrictJson {
  readonly value: JsonValue;
  /** Lines of the root object's keys, from 1; empty when the root is no object. */
  readonly lines: ReadonlyMap<string, number>;
}

/**
 * Reads JSON that a person wrote. Refuses everything that parsers read differently or lose: duplicate keys, `__proto__`,
 * invalid UTF-8, lone surrogates, numbers that do not fit. A byte order mark is accepted. Errors have the given code (over
 * `maxBytes`: `VALUE_TOO_LARGE`) and name file, line, column and what was expected; never a value or a key inside one.
 */
export function parseStrictJson(bytes: Uint8Array, options: StrictJsonOptions): StrictJson {
  const { file, code, maxBytes, maxDepth, named = "root" } = options;
  if (bytes.length > maxBytes) {
    throw new SealrunError(
      "VALUE_TOO_LARGE",
      `${file}: expected at most ${showBytes(maxBytes)}, found ${bytes.length} bytes`,
    );
  }
  const text = decodeUtf8(bytes);
  if (typeof text !== "string") {
    const place = `byte ${text.invalidAt} is not`;
    throw new SealrunError(
      code,
      `${file}:${text.line}: expected UTF-8: ${place}; save the file as UTF-8, or a binary value as base64`,
    );
  }
  const namedDepth = { none: 0, root: 1, all: maxDepth }[named];
  const cursor: Cursor = { text, file, code, maxDepth, namedDepth, path: [], at: 0, line: 1, lineStart: 0 };
  const lines = new Map<string, number>();
  skipSpace(cursor);
  if (cursor.at === text.length) throw errorAt(cursor, cursor.at, "expected JSON; the file is empty");
  const value = text.charAt(cursor.at) === "{" ? readObject(cursor, 1, lines) : readValue(cursor, 0);
  skipSpace(cursor);
  if (cursor.at < text.length) throw errorAt(cursor, cursor.at, "expected the end of the file");
  return { value, lines };
}

const words: readonly (readonly [string, JsonValue])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

function readValue(cursor: Cursor, depth: number): JsonValue {
  const character = cursor.text.charAt(cursor.at);
  if (character === "{") return readObject(cursor, depth + 1);
  if (character === "[") return readArray(cursor, depth + 1);
  if (character === '"') return readString(cursor);
  if (character === "-" || (character >= "0" && character <= "9")) return readNumber(cursor);
  const word = words.find(([text]) => cursor.text.startsWith(text, cursor.at));
  if (word === undefined) throw errorAt(cursor, cursor.at, missingValue(character));
  cursor.at += word[0].length;
  return word[1];
}

function readObject(cursor: Cursor, depth: number, lines?: Map<string, number>): JsonObject {
  checkDepth(cursor, depth);
  const members = new Map<string, JsonValue>();
  cursor.at += 1;
  skipSpace(cursor);
  while (cursor.text.charAt(cursor.at) !== "}" || members.size > 0) {
    const key = readKey(cursor, members, depth);
    lines?.set(key, cursor.line);
    expectCharacter(cursor, ":", 'expected ":"');
    skipSpace(cursor);
    cursor.path.push(key);
    members.set(key, readValue(cursor, depth));
    cursor.path.pop();
    if (endsAfter(cursor, "}")) break;
  }
  cursor.at += 1;
  // fromEntries defines properties instead of assigning them, so that no key can reach a setter.
  return Object.fromEntries(members);
}

function readArray(cursor: Cursor, depth: number): JsonValue[] {
  checkDepth(cursor, depth);
  const values: JsonValue[] = [];
  cursor.at += 1;
  skipSpace(cursor);
  while (cursor.text.charAt(cursor.at) !== "]" || values.length > 0) {
    cursor.path.push(values.length);
    values.push(readValue(cursor, depth));
    cursor.path.pop();
    if (endsAfter(cursor, "]")) break;
  }
  cursor.at += 1;
  return values;
}

function readKey(cursor: Cursor, members: ReadonlyMap<string, JsonValue>, depth: number): string {
  const start = cursor.at;
  if (cursor.text.charAt(start) !== '"')
    throw errorAt(cursor, start, missingKey(cursor.text.charAt(start), members.size));
  const key = readString(cursor);
  if (members.has(key)) throw duplicateKey(cursor, start, depth <= cursor.namedDepth ? key : undefined);
  if (key === "__proto__") throw errorAt(cursor, start, "expected another key: __proto__ is not allowed; rename it");
  return key;
}

/** Moves past `,` or up to the closing bracket; true at the bracket. */
function endsAfter(cursor: Cursor, closing: "}" | "]"): boolean {
  skipSpace(cursor);
  if (cursor.text.charAt(cursor.at) === closing) return true;
  expectCharacter(cursor, ",", `expected "," or "${closing}"`);
  skipSpace(cursor);
  return false;
}

function expectCharacter(cursor: Cursor, wanted: string, sentence: string): void {
  skipSpace(cursor);
  const found = cursor.text.charAt(cursor.at);
  if (found !== wanted) throw errorAt(cursor, cursor.at, found === "" ? `${sentence}; the file ends here` : sentence);
  cursor.at += 1;
}

function checkDepth(cursor: Cursor, depth: number): void {
  if (depth <= cursor.maxDepth) return;
  throw errorAt(
    cursor,
    cursor.at,
    `expected at most ${cursor.maxDepth} levels of nesting; flatten it or store it as a string`,
  );
}

function missingValue(found: string): string {
  if (found === "") return "expected a value; the file ends here";
  if (found === "'") return "expected a value; JSON strings stand in double quotes";
  if (found === "/" || found === "#") return "expected a value; JSON has no comments";
  if (found === "]" || found === "}") return `expected a value; remove the "," before "${found}"`;
  return "expected a value: a string in double quotes, a number, true, false, null, an object or a list";
}

function missingKey(found: string, before: number): string {
  if (found === "}" && before > 0) return 'expected a key in double quotes; remove the "," before "}"';
  if (found === "/" || found === "#") return "expected a key in double quotes; JSON has no comments";
  if (found === "") return "expected a key in double quotes; the file ends here";
  return "expected a key in double quotes";
}
