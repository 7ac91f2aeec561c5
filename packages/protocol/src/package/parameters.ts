import { closestName } from "../text/closest-name.ts";
import { SealrunError } from "../error.ts";
import { type JsonObject, type JsonValue } from "../text/json-value.ts";
import { limits } from "../limits.ts";
import { isLostInteger } from "../text/lost-integers.ts";
import {
  defaultOf,
  findEarlyMismatch,
  findMismatch,
  type ParameterField,
  reservedParameters,
  showChoices,
} from "./parameter-field.ts";
import { type ParametersFile } from "./parameters-file.ts";
import { hasReference } from "../references/read-references.ts";
import { showBytes, showName, showNames } from "../text/show-text.ts";

/**
 * The given parameters with defaults filled in, in the order of parameters.json. Throws `PARAMETER_INVALID` with each
 * wrong parameter and what was expected, never the value. Without a parameters.json every name except the reserved ones is
 * allowed. A text with a reference is accepted for any type: `checkResolved` checks its resolved value.
 */
export function checkParameters(file: ParametersFile | undefined, given: JsonObject): JsonObject {
  return check(file, given, { find: findEarlyMismatch });
}

/** The same for parameters whose references are resolved and whose defaults are filled in: checks the types. */
export function checkResolved(file: ParametersFile | undefined, given: JsonObject): JsonObject {
  const withoutDefaults = file?.fields.map((field) => ({ ...field, default: undefined }));
  return check(withoutDefaults === undefined ? undefined : { fields: withoutDefaults }, given, { find: findMismatch });
}

/**
 * As `checkParameters()`, where some are texts as typed, such as `-p name=text`: they get the types of their fields and
 * win over `given`. All that is wrong with both is told at once.
 */
export function readParameters(
  file: ParametersFile | undefined,
  given: JsonObject,
  texts: ReadonlyMap<string, string>,
): JsonObject {
  const faults = collectFaults();
  const typed = [...texts].flatMap(([name, text]) => {
    const value = faults.try(() => parseParameterText(file, name, text));
    return value === undefined ? [] : [[name, value] as const];
  });
  const right = new Map(typed);
  const wrong = new Set([...texts.keys()].filter((name) => !right.has(name)));
  const all = Object.entries({ ...given, ...Object.fromEntries(typed) }).filter(([name]) => !wrong.has(name));
  const params = faults.try(() => check(file, Object.fromEntries(all), { find: findEarlyMismatch, told: wrong }));
  faults.end();
  return params ?? {};
}

interface CheckRules {
  readonly find: typeof findMismatch;
  /** Names whose fault is told already: they are not missing. */
  readonly told?: ReadonlySet<string>;
}

function check(file: ParametersFile | undefined, given: JsonObject, { find, told }: CheckRules): JsonObject {
  const faults = collectFaults();
  for (const name of Object.keys(given)) faults.try(() => checkName(file, name));
  const params =
    file === undefined
      ? given
      : Object.fromEntries(
          file.fields
            .filter(({ name }) => told?.has(name) !== true)
            .flatMap((field) => faults.try(() => readField(field, given, find)) ?? []),
        );
  faults.end();
  if (new TextEncoder().encode(JSON.stringify(params)).length > limits.parametersBytes) {
    throw new SealrunError(
      "VALUE_TOO_LARGE",
      `Expected parameters of at most ${showBytes(limits.parametersBytes)} together as JSON`,
    );
  }
  return params;
}

/** Turns the text of `-p name=text` into the field's type; without a parameters.json it stays text. Throws `PARAMETER_INVALID`. */
export function parseParameterText(file: ParametersFile | undefined, name: string, text: string): JsonValue {
  checkName(file, name);
  const field = file?.fields.find((candidate) => candidate.name === name);
  if (field === undefined || hasReference(text)) return text;
  if (isLostNumber(field, text)) {
    throw invalid(
      name,
      "expected an integer that keeps its value, this one is rounded; give its parameter the type text",
    );
  }
  const value = readText(field, text);
  const mismatch = findMismatch(field, value);
  if (mismatch !== undefined) throw invalid(name, mismatch);
  return value;
}

/** The part of the parameters that may be shown: the values of fields marked visible, and all names. */
export function visibleParameters(
  file: ParametersFile | undefined,
  params: JsonObject,
): { readonly visible: JsonObject; readonly names: readonly string[] } {
  const shown = new Set((file?.fields ?? []).filter((field) => field.visible === true).map(({ name }) => name));
  const visible = Object.fromEntries(Object.entries(params).filter(([name]) => shown.has(name)));
  return { visible, names: Object.keys(params) };
}

function readField(
  field: ParameterField,
  given: JsonObject,
  find: typeof findMismatch,
): readonly (readonly [string, JsonValue])[] {
  const { name } = field;
  const own = Object.hasOwn(given, name) ? given[name] : undefined;
  const value = own === undefined || own === null ? defaultOf(field) : own;
  if (value === undefined || (value === "" && field.required === true)) {
    if (field.required === true) throw invalid(name, "expected a value, it is required");
    return [];
  }
  const mismatch = find(field, value);
  if (mismatch !== undefined) throw invalid(name, mismatch);
  return [[name, value]];
}

function checkName(file: ParametersFile | undefined, name: string): void {
  if (reservedParameters.includes(name)) throw invalid(name, "expected another name, sealrun sets this one itself");
  if (name === "" || name === "__proto__" || name === "secrets")
    throw invalid(name, "expected another name, this one is not allowed");
  if (file === undefined) return;
  const known = file.fields.map((field) => field.name);
  if (known.includes(name)) return;
  const meant = closestName(name, known);
  const list = known.length === 0 ? "this package takes none" : `known are ${showNames(known)}`;
  throw invalid(
    name,
    `not a parameter of this package; ${meant === undefined ? "" : `did you mean ${showName(meant)}? `}${list}`,
  );
}

/** The value of a text; null, which no field accepts, when the text does not have the form of the type. */
function readText(field: ParameterField, text: string): JsonValue {
  return readers[field.type](text, field);
}

const readers: Readonly<Record<ParameterField["type"], (text: string, field: ParameterField) => JsonValue>> = {
  text: (text) => text,
  textarea: (text) => text,
  file: (text) => text,
  int: (text) => (/^[+-]?[0-9]{1,16}$/.test(text) ? Number(text) : null),
  float: (text) => (/^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text) ? Number(text) : null),
  bool: readTruth,
  checkbox: readTruth,
  select: readChoice,
  radio: readChoice,
  multiselect: (text, field) => (text === "" ? [] : text.split(",").map((part) => readChoice(part.trim(), field))),
};

/** True for the digits of an integer that is rounded; a sign and leading zeros are no part of its value. */
function isLostNumber({ type }: ParameterField, text: string): boolean {
  if (type !== "int" && type !== "float") return false;
  const digits = text.replace(/^\+/, "").replace(/^(-?)0+(?=[0-9])/, "$1");
  return isLostInteger(digits);
}

function readTruth(text: string): JsonValue {
  return truths.get(text.toLowerCase()) ?? null;
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["yes", true],
  ["on", true],
  ["1", true],
  ["false", false],
  ["no", false],
  ["off", false],
  ["0", false],
]);

function readChoice(text: string, field: ParameterField): JsonValue {
  const found = (field.choices ?? []).find((choice) => String(choice.value) === text);
  if (found === undefined) throw invalid(field.name, `expected one of ${showChoices(field)}`);
  return found.value;
}

interface Faults {
  /** What the action gives; undefined when it throws `PARAMETER_INVALID`. */
  readonly try: <T>(action: () => T) => T | undefined;
  /** Throws all that was wrong as one error. */
  readonly end: () => void;
}

function collectFaults(): Faults {
  const found: SealrunError[] = [];
  return {
    try: (action) => {
      try {
        return action();
      } catch (error) {
        if (!(error instanceof SealrunError) || error.code !== "PARAMETER_INVALID") throw error;
        found.push(error);
        return undefined;
      }
    },
    end: () => {
      const [first, ...others] = found;
      if (first === undefined) return;
      if (others.length === 0) throw first;
      throw new SealrunError("PARAMETER_INVALID", found.map(({ message }) => message).join("; "));
    },
  };
}

function invalid(name: string, sentence: string): SealrunError {
  return new SealrunError("PARAMETER_INVALID", `Parameter ${showName(name)}: ${sentence}`);
}
