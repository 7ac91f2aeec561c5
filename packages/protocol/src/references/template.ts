import { createCursor, type Cursor, malformed } from "./cursor.ts";
import type { Expression, ReadExpression } from "./text-part.ts";

const forms = "secret('NAME'), envs.NAME, base64encode(…), base64decode(…) or a text in quotes";
const maxNested = 16;
const secretArguments = ["key", "namespace", "subkey"] as const;
type SecretArgument = (typeof secretArguments)[number];

/**
 * Reads Kestra's form, `{{ … }}`, from its two braces at `start`. Throws `REFERENCE_INVALID` with the character and what
 * was expected there.
 */
export function readTemplate(text: string, start: number): ReadExpression {
  const cursor = createCursor(text, start + 2);
  const expression = readPiped(cursor, 0);
  cursor.skipSpace();
  if (cursor.take(/\}\}/y) === undefined) {
    throw malformed(cursor.index(), "expected }} or a filter, | base64encode or | base64decode");
  }
  return { expression, end: cursor.index() };
}

function readPiped(cursor: Cursor, depth: number): Expression {
  if (depth > maxNested) throw malformed(cursor.index(), `expected at most ${maxNested} functions in each other`);
  let expression = readTerm(cursor, depth);
  for (let filters = depth + 1; ; filters += 1) {
    cursor.skipSpace();
    if (cursor.take(/\|/y) === undefined) return expression;
    if (filters > maxNested) throw malformed(cursor.index(), `expected at most ${maxNested} filters`);
    cursor.skipSpace();
    const name = cursor.take(/(base64encode|base64decode)(?![A-Za-z0-9_])(?:\s*\(\s*\))?/y)?.[1];
    if (name === undefined) throw malformed(cursor.index(), "expected the filter base64encode or base64decode");
    expression = { kind: codingOf(name), of: expression };
  }
}

function readTerm(cursor: Cursor, depth: number): Expression {
  cursor.skipSpace();
  const literal = readString(cursor);
  if (literal !== undefined) return { kind: "literal", text: literal };
  const variable = cursor.take(/envs\s*\.\s*([A-Za-z_][A-Za-z0-9_]{0,127})/y)?.[1];
  if (variable !== undefined) return { kind: "variable", name: variable };
  const start = cursor.index();
  const called = cursor.take(/(secret|base64encode|base64decode)\s*\(/y)?.[1];
  if (called === "secret") return readSecret(cursor, start);
  if (called === undefined) {
    throw malformed(start, `expected ${forms}; for two braces as they are, write \\{{ instead of {{`);
  }
  const of = readPiped(cursor, depth + 1);
  closeBracket(cursor);
  return { kind: codingOf(called), of };
}

function codingOf(name: string): "encode" | "decode" {
  return name === "base64encode" ? "encode" : "decode";
}

/** Reads the arguments of `secret(`: in order, then by name. */
function readSecret(cursor: Cursor, start: number): Expression {
  const given = new Map<SecretArgument, string>();
  for (;;) {
    cursor.skipSpace();
    const at = cursor.index();
    const named = cursor.take(/(key|namespace|subkey)\s*=\s*/y)?.[1];
    const argument = secretArguments.find((name, index) =>
      named === undefined ? index === given.size : name === named,
    );
    const value = readString(cursor);
    if (value === undefined) throw malformed(cursor.index(), "expected a text in quotes, such as 'NAME'");
    if (argument === undefined || given.has(argument)) {
      throw malformed(at, "expected each of key, namespace and subkey at most once");
    }
    given.set(argument, value);
    cursor.skipSpace();
    if (cursor.take(/,/y) === undefined) break;
  }
  closeBracket(cursor);
  const name = given.get("key");
  if (name === undefined) throw malformed(start, "expected the secret's name, as in secret('NAME')");
  const namespace = given.get("namespace");
  const subkey = given.get("subkey");
  return {
    kind: "secret",
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(subkey === undefined ? {} : { subkey }),
  };
}

function closeBracket(cursor: Cursor): void {
  cursor.skipSpace();
  if (cursor.take(/\)/y) === undefined) throw malformed(cursor.index(), "expected )");
}

/** A text in single or double quotes, or undefined when there is no quote. A backslash keeps a quote or a backslash. */
function readString(cursor: Cursor): string | undefined {
  const start = cursor.index();
  const quote = cursor.take(/["']/y)?.[0];
  if (quote === undefined) return undefined;
  const rest = quote === '"' ? /([^"\\]*(?:\\["'\\][^"\\]*)*)"/y : /([^'\\]*(?:\\["'\\][^'\\]*)*)'/y;
  const inner = cursor.take(rest)?.[1];
  if (inner === undefined) {
    throw malformed(start, `expected a closing ${quote}, and a backslash only before a quote or another one`);
  }
  return inner.replaceAll(/\\(.)/g, "$1");
}
