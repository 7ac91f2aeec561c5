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
 * The entry of one field in a form: the text of an input, or the indices of the set choices and checkboxes. Values live
 * only in the page's inputs; they are read when they are checked and when the run is started.
 */
export type FieldEntry = readonly string[];

/** The values of a form, and its problems by field. A problem never repeats a value. */
export interface FormReading {
  readonly params: JsonObject;
  readonly problems: ReadonlyMap<string, string>;
}

/** True for a field that is shown with its default. A sealed text field starts empty, and empty means its default. */
export function isPrefilled(field: ParameterField): boolean {
  return field.visible === true || !isTyped(field);
}

/** True for a field that is typed, not chosen. */
function isTyped({ type }: ParameterField): boolean {
  return type === "text" || type === "textarea" || type === "file" || type === "int" || type === "float";
}

/** Reads a whole form, by the same rules as the platform. */
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

/** Which of the names are sealed: those with a lock in the form, or all of them without a form. */
export function sealedNames(
  fields: readonly ParameterField[] | undefined,
  names: readonly string[],
): readonly string[] {
  return names.filter((name) => fields?.find((field) => field.name === name)?.visible !== true);
}

/** What is wrong with one field, as a sentence for people; undefined when it is valid. */
export function findProblem(field: ParameterField, entry: FieldEntry): string | undefined {
  try {
    const value = readEntry(field, entry);
    checkParameters({ fields: [field] }, value === undefined ? {} : { [field.name]: value });
    return undefined;
  } catch (error) {
    return sentence(field.name, toSealrunError(error));
  }
}

/** True for a required field that may not be left as nothing: one whose default counts then may. */
export function mustBeFilled(field: ParameterField): boolean {
  return field.required === true && findProblem(field, []) !== undefined;
}

/** The value of an entry; undefined means the default. Throws `PARAMETER_INVALID`. */
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

/** By index: two choices of different types may be the same text. */
function choiceOf(field: ParameterField, index: string): JsonValue {
  const choice = field.choices?.[Number(index)];
  if (choice === undefined) throw new SealrunError("PARAMETER_INVALID", "expected one of the choices");
  return choice.value;
}

/** The error's sentence without the name, which stands above it already. */
function sentence(name: string, { message }: SealrunError): string {
  const prefix = `Parameter ${showName(name)}: `;
  const text = message.startsWith(prefix) ? message.slice(prefix.length) : message;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The next number up or down from the typed one, in the field's range; undefined when the text is no number. */
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

/** The indices, as texts, of the choices that a field starts with. */
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
