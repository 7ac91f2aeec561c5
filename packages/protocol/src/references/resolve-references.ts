import { SealrunError } from "../error.ts";
import type { JsonObject, JsonValue } from "../text/json-value.ts";
import { limits } from "../limits.ts";
import { lookupOrder, type Scope, scopeOfNamespace } from "../scope.ts";
import { showBytes, showName, showPath } from "../text/show-text.ts";
import { decodeBase64Text, encodeBase64Text } from "./base64-text.ts";
import { findField } from "./find-field.ts";
import { readReferences } from "./read-references.ts";
import type { Expression, TextPart } from "./text-part.ts";
import { splitsOf } from "./workflow-path.ts";

/** The values and functions that references are resolved with. */
export interface ReferenceSource {
  /**
   * The first of these names that has a value, only in `scope` when it is given; undefined when none has one. The value
   * is masked from then on. Throws when the names are refused or the value cannot be opened.
   */
  readonly find: (
    names: readonly string[],
    scope?: Scope,
  ) => Promise<{ readonly name: string; readonly value: JsonValue } | undefined>;
  /** The values of `envs.NAME`. */
  readonly variables: Readonly<Record<string, string>>;
  /** The project's name, which a reference may use as its namespace. */
  readonly project: string;
  /** Runs a jq program, which `readReferences` has accepted, over this input. */
  readonly runJq: (program: string, input: JsonObject) => Promise<JsonValue>;
  /** Called with each value derived from a secret, so that it is masked before it is used. */
  readonly onDerived: (value: JsonValue) => void;
}

/** The document whose texts are resolved, for error messages. */
export interface ReferencePlace {
  /** Its name, such as `config.json`. */
  readonly document: string;
  /** True when the whole value may be one jq program, as a text. */
  readonly isProgram?: boolean;
}

/**
 * The value with every reference in its texts replaced; keys stay as they are. A text that is one reference becomes the
 * value with its type; in a longer text the value is inserted as text. Inserted text is not resolved again. Throws
 * `REFERENCE_INVALID` and `REFERENCE_UNRESOLVED` with document, field and character.
 */
export async function resolveReferences(
  value: JsonValue,
  place: ReferencePlace,
  source: ReferenceSource,
): Promise<JsonValue> {
  const budget = { bytes: 0 };
  const resolve = async (current: JsonValue, path: readonly PropertyKey[]): Promise<JsonValue> => {
    if (typeof current === "string") {
      return atPlace(place, path, async () => {
        const parts = readReferences(current, place.isProgram === true && path.length === 0);
        return joinParts(parts, current, source, budget);
      });
    }
    if (Array.isArray(current)) {
      const items: JsonValue[] = [];
      for (const [index, item] of current.entries()) items.push(await resolve(item, [...path, index]));
      return items;
    }
    if (typeof current !== "object" || current === null) return current;
    const members: [string, JsonValue][] = [];
    for (const [key, member] of Object.entries(current)) members.push([key, await resolve(member, [...path, key])]);
    return Object.fromEntries(members);
  };
  return resolve(value, []);
}

/** Puts document and field in front of the message of an error about a reference. */
async function atPlace<T>(place: ReferencePlace, path: readonly PropertyKey[], read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SealrunError) || !placed.has(error.code)) throw error;
    const field = path.length === 0 ? "" : `${showPath(path)}: `;
    throw new SealrunError(error.code, `${place.document}: ${field}${error.message}`, { cause: error });
  }
}

const placed: ReadonlySet<string> = new Set(["REFERENCE_INVALID", "REFERENCE_UNRESOLVED", "SECRET_NOT_DECLARED"]);

async function joinParts(
  parts: readonly TextPart[],
  text: string,
  source: ReferenceSource,
  budget: { bytes: number },
): Promise<JsonValue> {
  const [only] = parts;
  if (only === undefined) return text;
  const values: JsonValue[] = [];
  for (const part of parts) {
    const value = part.kind === "text" ? part.text : await evaluate(part.expression, part.at, source);
    if (part.kind === "reference") spend(budget, value);
    values.push(value);
  }
  if (parts.length === 1) return values[0] ?? null;
  return values.map((value) => asText(value)).join("");
}

/** Counts inserted bytes: a few references to a large value could otherwise fill the memory. */
function spend(budget: { bytes: number }, value: JsonValue): void {
  budget.bytes += asText(value).length;
  if (budget.bytes <= limits.resolvedBytes) return;
  throw new SealrunError(
    "VALUE_TOO_LARGE",
    `Expected references that insert at most ${showBytes(limits.resolvedBytes)} together; let the script ask for large secrets`,
  );
}

async function evaluate(expression: Expression, at: number, source: ReferenceSource): Promise<JsonValue> {
  switch (expression.kind) {
    case "literal":
      return expression.text;
    case "variable":
      return findVariable(expression.name, at, source.variables);
    case "secret":
      return findSecret(expression, at, source);
    case "path":
      return findPath(expression.path, at, source);
    case "encode":
      return derived(source, encodeBase64Text(asText(await evaluate(expression.of, at, source))));
    case "decode": {
      const decoded = decodeBase64Text(asText(await evaluate(expression.of, at, source)));
      if (decoded !== undefined) return derived(source, decoded);
      throw new SealrunError("REFERENCE_INVALID", `character ${at}: base64decode expected the base64 of UTF-8 text`);
    }
    case "jq":
      return evaluateJq(expression, at, source);
  }
}

function derived(source: ReferenceSource, value: JsonValue): JsonValue {
  source.onDerived(value);
  return value;
}

/** A variable by its exact name, else without regard to case, because Kestra writes names in small letters. */
function findVariable(name: string, at: number, variables: ReferenceSource["variables"]): string {
  if (Object.hasOwn(variables, name)) return variables[name] ?? "";
  const alike = Object.keys(variables).filter((candidate) => candidate.toLowerCase() === name.toLowerCase());
  const [only] = alike;
  if (only !== undefined && alike.length === 1) return variables[only] ?? "";
  throw unresolved(
    at,
    `there is no variable ${showName(name)}; envs has the step's own env and ${runVariables.join(", ")}`,
  );
}

const runVariables = ["SEALRUN_EXECUTION_ID", "SEALRUN_PACKAGE", "SEALRUN_STEP", "LANG"];

async function findSecret(
  { name, namespace, subkey }: Extract<Expression, { readonly kind: "secret" }>,
  at: number,
  source: ReferenceSource,
): Promise<JsonValue> {
  const scope = namespace === undefined ? undefined : scopeOf(namespace, at, source.project);
  const found = await source.find([name], scope);
  if (found === undefined) throw missing(name, at, scope);
  return subkey === undefined ? found.value : pickField(found, [subkey], at, source);
}

function scopeOf(namespace: string, at: number, project: string): Scope {
  const scope = scopeOfNamespace(namespace, project);
  if (scope !== undefined) return scope;
  throw new SealrunError(
    "REFERENCE_INVALID",
    `character ${at}: expected the namespace service, project, platform or ${showName(project)}, not ${showName(namespace)}`,
  );
}

async function findPath(path: string, at: number, source: ReferenceSource): Promise<JsonValue> {
  const splits = splitsOf(path);
  const found = await source.find(splits.map(({ name }) => name));
  const split = splits.find(({ name }) => name === found?.name);
  if (found === undefined || split === undefined) throw missing(path, at);
  return pickField(found, split.fields, at, source);
}

function pickField(
  { name, value }: { readonly name: string; readonly value: JsonValue },
  fields: readonly string[],
  at: number,
  source: ReferenceSource,
): JsonValue {
  if (fields.length === 0) return value;
  const picked = findField(value, fields);
  if (picked !== undefined) return derived(source, picked);
  throw unresolved(at, `the secret ${showName(name)} has no field ${showName(fields.join("."))}`);
}

async function evaluateJq(
  { program, names }: Extract<Expression, { readonly kind: "jq" }>,
  at: number,
  source: ReferenceSource,
): Promise<JsonValue> {
  const secrets: [string, JsonValue][] = [];
  for (const name of names) {
    const found = await source.find([name]);
    if (found === undefined) throw missing(name, at);
    secrets.push([name, found.value]);
  }
  try {
    const value = await source.runJq(program, { secrets: Object.fromEntries(secrets) });
    if (value !== null) {
      // A literal of the program is not secret, and neither is the name of a secret's field.
      const known = new Set(secrets.flatMap(([, secret]) => keysOf(secret)));
      for (const part of [...leavesOf(value), ...keysOf(value)]) {
        if (!known.has(String(part)) && !program.includes(String(part))) source.onDerived(part);
      }
      return value;
    }
  } catch (error) {
    if (!(error instanceof SealrunError) || !placed.has(error.code)) throw error;
    throw new SealrunError(error.code, `character ${at}: ${error.message}`, { cause: error });
  }
  throw unresolved(at, "the jq program gave null; expected a value");
}

/** Texts and numbers inside a value. */
function leavesOf(value: JsonValue): readonly (string | number)[] {
  if (typeof value === "string" || typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}

/** Names of fields inside a value: a program can make a field name from a secret. */
function keysOf(value: JsonValue): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(keysOf)];
}

/** A value as it is inserted into a longer text. */
function asText(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function missing(name: string, at: number, scope?: Scope): SealrunError {
  const tried = scope ?? `${lookupOrder.slice(0, -1).join(", ")} and ${lookupOrder.at(-1) ?? ""}`;
  return unresolved(at, `there is no secret ${showName(name)}; tried ${tried}`);
}

function unresolved(at: number, sentence: string): SealrunError {
  return new SealrunError("REFERENCE_UNRESOLVED", `character ${at}: ${sentence}`);
}
