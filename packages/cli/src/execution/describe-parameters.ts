import { defaultOf, type JsonObject, type ParameterField, parametersFileSchema, showChoices } from "@sealrun/protocol";

/** The fields of a parameters.json, a line for each: name, type, what it accepts, and what it is for. */
export function describeParameters(parameters: JsonObject | null): readonly string[] {
  if (parameters === null) return ["it has no parameters.json and takes any name, as text"];
  const { fields } = parametersFileSchema.parse(parameters);
  if (fields.length === 0) return ["it takes none"];
  const width = Math.max(...fields.map(({ name }) => name.length));
  return fields.map((field) => `${field.name.padEnd(width)}  ${describeField(field)}`);
}

function describeField(field: ParameterField): string {
  const { type, required, label, description, visible } = field;
  const usual = defaultOf(field);
  const rules = [
    ...(field.choices === undefined ? [type] : [`${type} of ${showChoices(field)}`]),
    ...rangeOf(field),
    ...(required === true ? ["required"] : []),
    ...(usual === undefined ? [] : [`default ${JSON.stringify(usual)}`]),
    ...(visible === true ? [] : ["sealed"]),
  ];
  const about = description ?? label;
  return about === undefined || about === "" ? rules.join(", ") : `${rules.join(", ")}: ${about.split("\n")[0] ?? ""}`;
}

function rangeOf({ min, max }: ParameterField): readonly string[] {
  if (min !== undefined && max !== undefined) return [`${min} to ${max}`];
  if (min !== undefined) return [`${min} or more`];
  return max === undefined ? [] : [`${max} or less`];
}
