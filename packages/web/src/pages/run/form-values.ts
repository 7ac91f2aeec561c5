import {
  checkParameters,
  hasReference,
  type JsonObject,
  type JsonValue,
  type ParameterField,
  parseParameterText,
  SealrunError,
  showName,
  toSealrunError,
} from "@sealrun/protocol";

/**
 * What a form holds for one field: the text of an input, or the indices of the choices and marks that are set. Values
 * live in the page's inputs alone; they are read when they are checked and when the run is started.
 */
export type FieldEntry = readonly string[];

/** The values of a form, and what is wrong by field. Problems never repeat a value. */
export interface FormReading {
  readonly params: JsonObject;
  readonly problems: ReadonlyMap<string, string>;
}

/** True for a field that is shown with its default in it; a sealed text stays empty, and empty means its default. */
export function isPrefilled(field: ParameterField): boolean {
  return field.visible === true || !isTyped(field);
}

/** True for a field that is typed, not chosen. */
function isTyped({ type }: ParameterField): boolean {
  return type === "text" || type === "textarea" || type === "file" || type === "int" || type === "float";
}

/** Reads a whole form by the rules that the platform checks by, too. */
export function readForm(
  fields: readonly ParameterField[],
  entryOf: (field: ParameterField) => FieldEntry,
): FormReading {
  const params: JsonObject = {};
  const problems = new Map<string, string>();
  for (const field of fields) {
    const entry = entryOf(field);
    const problem = findProblem(field, entry);
    if (problem !== undefined) problems.set(field.name, problem);
    const value = problem === undefined ? readEntry(field, entry) : undefined;
    if (value !== undefined) params[field.name] = value;
  }
  return { params, problems };
}

/** Which of the names have a lock in the form; all of them where there is no form. */
export function sealedNames(
  fields: readonly ParameterField[] | undefined,
  names: readonly string[],
): readonly string[] {
  return names.filter((name) => fields?.find((field) => field.name === name)?.visible !== true);
}

/** What is wrong with one field, as a sentence for people; undefined when it can go. */
export function findProblem(field: ParameterField, entry: FieldEntry): string | undefined {
  try {
    const value = readEntry(field, entry);
    checkParameters({ fields: [field] }, value === undefined ? {} : { [field.name]: value });
    return undefined;
  } catch (error) {
    return sentence(field.name, toSealrunError(error));
  }
}

/** The value that an entry stands for; undefined leaves it to the default. Throws `PARAMETER_INVALID`. */
function readEntry(field: ParameterField, entry: FieldEntry): JsonValue | undefined {
  const hasDefault = field.default !== undefined && field.default !== null;
  const [first = ""] = entry;
  switch (field.type) {
    case "text":
    case "textarea":
    case "file":
      return first === "" && !(hasDefault && isPrefilled(field)) ? undefined : first;
    case "int":
    case "float":
      return readNumber(field, first.trim());
    case "bool":
    case "checkbox":
      return entry.length > 0;
    case "select":
    case "radio":
      return first === "" ? undefined : choiceOf(field, first);
    case "multiselect":
      return entry.length === 0 && !hasDefault ? undefined : entry.map((index) => choiceOf(field, index));
  }
}

function readNumber(field: ParameterField, text: string): JsonValue | undefined {
  if (text === "") return undefined;
  return hasReference(text) ? text : parseParameterText({ fields: [field] }, field.name, text);
}

/** By index: two choices of different types may look alike as text. */
function choiceOf(field: ParameterField, index: string): JsonValue {
  const choice = field.choices?.[Number(index)];
  if (choice === undefined) throw new SealrunError("PARAMETER_INVALID", "expected one of the choices");
  return choice.value;
}

/** The error's own words without the name, which stands above them already. */
function sentence(name: string, { message }: SealrunError): string {
  const prefix = `Parameter ${showName(name)}: `;
  const text = message.startsWith(prefix) ? message.slice(prefix.length) : message;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The number after or before the one typed, within the range of its field; undefined when none is typed. */
export function stepNumber(field: ParameterField, text: string, by: 1 | -1): string | undefined {
  const step = field.step ?? 1;
  const from = text.trim() === "" ? (field.min ?? 0) - by * step : Number(text);
  if (!Number.isFinite(from)) return undefined;
  const places = Math.max(placesOf(step), placesOf(from));
  const next = Math.min(Math.max(from + by * step, field.min ?? -Infinity), field.max ?? Infinity);
  return String(Number(next.toFixed(places)));
}

function placesOf(number: number): number {
  return Math.min((/\.(\d+)$/.exec(String(number))?.[1] ?? "").length, 20);
}

/** The index, as text, of the choice that a field starts with; undefined without one. */
export function defaultChoices(field: ParameterField): readonly string[] {
  const wanted: readonly JsonValue[] = Array.isArray(field.default) ? field.default : [field.default ?? null];
  return (field.choices ?? []).flatMap(({ value }, index) => (wanted.includes(value) ? [String(index)] : []));
}

/** A default as the text of an input. */
export function defaultText(field: ParameterField): string {
  const { default: value } = field;
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
