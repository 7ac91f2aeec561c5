import { z } from "zod";
import { type JsonValue, jsonValue } from "../text/json-value.ts";
import { fields } from "../text/document.ts";
import { hasReference } from "../references/read-references.ts";
import { showName } from "../text/show-text.ts";

/** Parameters that sealrun adds for every script. */
export const reservedParameters: readonly string[] = ["package_name", "package_id", "execution_id"];

const nameForm = "expected a name of letters, digits, _ . - that starts with a letter or _, at most 128";
const parameterName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/, nameForm)
  .refine((name) => name !== "__proto__" && name !== "secrets", "expected another name, this one is not allowed")
  .refine(
    (name) => !reservedParameters.includes(name),
    `expected another name, sealrun sets ${reservedParameters.join(", ")} itself`,
  );

/** One field of a parameters.json. */
export const parameterField = fields({
  type: z.enum(["text", "textarea", "file", "int", "float", "bool", "checkbox", "select", "multiselect", "radio"]),
  name: parameterName,
  label: z.string().max(1_024).optional(),
  required: z.boolean().optional(),
  description: z.string().max(4_096).optional(),
  default: jsonValue.optional(),
  placeholder: z.union([z.string(), z.number()]).optional(),
  /** The range of an int or float. */
  min: z.number().optional(),
  max: z.number().optional(),
  /** The step of a form's arrows; not checked. */
  step: z.number().positive().optional(),
  choices: z
    .array(fields({ title: z.string().max(1_024), value: z.union([z.string(), z.number(), z.boolean()]) }))
    .max(1_000)
    .optional(),
  /** Where Ferris stores an uploaded file; kept, not used. */
  data: z.looseObject({ bucket: z.string().optional(), async: z.boolean().optional() }).optional(),
  /** True: the value is sent unencrypted and shown with the execution. Without it, the value is sealed and only its name is shown. */
  visible: z.boolean().optional(),
});
export type ParameterField = z.infer<typeof parameterField>;

/** What the field expects when the value does not match, else undefined. Never repeats the value. */
export function findMismatch(field: ParameterField, value: JsonValue): string | undefined {
  return checks[field.type](field, value);
}

/** The same before references are resolved: a text with a reference may become any value. */
export function findEarlyMismatch(field: ParameterField, value: JsonValue): string | undefined {
  return typeof value === "string" && hasReference(value) ? undefined : findMismatch(field, value);
}

/** The field's default, or undefined. Forms write a missing default as `""` or null. */
export function defaultOf(field: ParameterField): JsonValue | undefined {
  if (field.default === null) return undefined;
  return field.default === "" && findMismatch(field, "") !== undefined ? undefined : field.default;
}

/** The values of a field's choices, for a message. */
export function showChoices(field: ParameterField): string {
  const choices = (field.choices ?? []).map(({ value }) =>
    typeof value === "string" ? showName(value) : String(value),
  );
  return choices.length > 20
    ? `${choices.slice(0, 20).join(", ")} and ${choices.length - 20} more`
    : choices.join(", ");
}

type Check = (field: ParameterField, value: JsonValue) => string | undefined;

const checks: Readonly<Record<ParameterField["type"], Check>> = {
  text: checkText,
  textarea: checkText,
  file: checkText,
  int: (field, value) => (Number.isSafeInteger(value) ? findOutOfRange(field, value) : "expected a whole number"),
  float: (field, value) => (typeof value === "number" ? findOutOfRange(field, value) : "expected a number"),
  bool: checkBoolean,
  checkbox: checkBoolean,
  select: checkChoice,
  radio: checkChoice,
  multiselect: (field, value) => {
    const isRight =
      Array.isArray(value) && value.every((part) => isChoice(field, part)) && new Set(value).size === value.length;
    return isRight ? undefined : `expected a list of different values from ${showChoices(field)}`;
  },
};

function checkText(_: ParameterField, value: JsonValue): string | undefined {
  return typeof value === "string" ? undefined : "expected text";
}

function checkBoolean(_: ParameterField, value: JsonValue): string | undefined {
  return typeof value === "boolean" ? undefined : "expected true or false";
}

function checkChoice(field: ParameterField, value: JsonValue): string | undefined {
  return isChoice(field, value) ? undefined : `expected one of ${showChoices(field)}`;
}

function findOutOfRange({ min, max }: ParameterField, value: JsonValue): string | undefined {
  const number = Number(value);
  if (!Number.isFinite(number)) return "expected a number";
  if (min !== undefined && number < min) return `expected ${min} or more`;
  return max !== undefined && number > max ? `expected ${max} or less` : undefined;
}

function isChoice(field: ParameterField, value: JsonValue): boolean {
  return (field.choices ?? []).some((choice) => choice.value === value);
}
