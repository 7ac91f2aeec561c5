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

/** What references are resolved from. */
export interface ReferenceSource {
  /**
   * The first of these names that has a value, in `scope` alone when it is given; undefined when none has. The value is
   * masked from then on. Throws what refuses the names, or cannot open the value.
   */
  readonly find: (
    names: readonly string[],
    scope?: Scope,
  ) => Promise<{ readonly name: string; readonly value: JsonValue } | undefined>;
  /** What `envs.NAME` gives. */
  readonly variables: Readonly<Record<string, string>>;
  /** The project's own name: a namespace that means the project. */
  readonly project: string;
  /** Runs a jq program that was read before over this input. */
  readonly runJq: (program: string, input: JsonObject) => Promise<JsonValue>;
  /** Told of a value that was made from a secret's, before anybody has it. */
  readonly onMade: (value: JsonValue) => void;
}

/** A document whose texts are resolved, for error sentences. */
export interface ReferencePlace {
  /** As in `config.json`. */
  readonly document: string;
  /** The value itself may be one jq program, when it is a text. */
  readonly isProgram?: boolean;
}

/**
 * The value with every reference in its texts replaced; keys stay. A text that is one reference becomes the value with
 * its type, inside a longer one it is inserted as text. What was inserted is not looked at again. Throws
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

/** Puts document and field in front of what references themselves are refused with. */
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

/** A few references to a large value could otherwise fill the memory. */
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
      return made(source, encodeBase64Text(asText(await evaluate(expression.of, at, source))));
    case "decode": {
      const decoded = decodeBase64Text(asText(await evaluate(expression.of, at, source)));
      if (decoded !== undefined) return made(source, decoded);
      throw new SealrunError("REFERENCE_INVALID", `character ${at}: base64decode expected the base64 of UTF-8 text`);
    }
    case "jq":
      return evaluateJq(expression, at, source);
  }
}

function made(source: ReferenceSource, value: JsonValue): JsonValue {
  source.onMade(value);
  return value;
}

/** By its own name, else by its name in small letters, as Kestra writes it. */
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
  if (picked !== undefined) return made(source, picked);
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
      // What the program itself says is no secret, and neither is the name of a secret's field.
      const known = new Set(secrets.flatMap(([, secret]) => keysOf(secret)));
      for (const made of [...leavesOf(value), ...keysOf(value)]) {
        if (!known.has(String(made)) && !program.includes(String(made))) source.onMade(made);
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

/** Names of fields inside a value: a program can make one of a secret. */
function keysOf(value: JsonValue): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(keysOf)];
}

/** How a value stands inside a longer text. */
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
