import {
  checkParameters,
  type JsonValue,
  jsonValue,
  type ParameterField,
  parseParameterText,
  SealrunError,
  showName,
} from "@sealrun/protocol";

/** What an address fills in, and what it could not. */
export interface Prefilled {
  /** The fields, with the address's values in place of defaults. */
  readonly fields: readonly ParameterField[];
  /** Sentences about values that were left out. */
  readonly notes: readonly string[];
}

/** Names of the address that are no parameters: a parameter's name has no colon in front. */
const ownName = /^:/;

/**
 * Fills visible fields from an address such as `?days=7`, by the rules of `--param`. A sealed value is never taken from an
 * address: the browser's history and every server on the way have seen it.
 */
export function prefill(fields: readonly ParameterField[], search: Readonly<Record<string, unknown>>): Prefilled {
  const given = Object.entries(search).filter(([name, value]) => !ownName.test(name) && value !== undefined);
  const notes: string[] = [];
  const values = new Map<string, ParameterField["default"]>();
  for (const [name, value] of given) {
    const field = fields.find((candidate) => candidate.name === name);
    const note = field === undefined ? `This package has no parameter ${showName(name)}` : take(field, value, values);
    if (note !== undefined) notes.push(note);
  }
  return {
    fields: fields.map((field) => (values.has(field.name) ? { ...field, default: values.get(field.name) } : field)),
    notes,
  };
}

function take(
  field: ParameterField,
  value: unknown,
  values: Map<string, ParameterField["default"]>,
): string | undefined {
  const { name } = field;
  if (field.visible !== true) return `${showName(name)} is sealed: its value in the address was not used, type it here`;
  const file = { fields: [{ ...field, required: false }] };
  try {
    const parsed = readValue(field, value);
    checkParameters(file, { [name]: parsed });
    values.set(name, parsed);
    return undefined;
  } catch (error) {
    if (!(error instanceof SealrunError)) throw error;
    return `The value in the address was not used. ${error.message}`;
  }
}

/** An address has texts, and what looks like JSON as its value: `7` is a number, which a field for text wants as text. */
function readValue(field: ParameterField, value: unknown): JsonValue {
  const isText = field.type === "text" || field.type === "textarea" || field.type === "file";
  if (typeof value === "string") return parseParameterText({ fields: [field] }, field.name, value);
  return isText ? JSON.stringify(value) : jsonValue.parse(value);
}
