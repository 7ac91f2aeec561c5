import { z } from "zod";
import { SealrunError } from "../error.ts";
import { fields, parseDocument } from "../text/document.ts";
import { defaultOf, findEarlyMismatch, type ParameterField, parameterField } from "./parameter-field.ts";
import { showName } from "../text/show-text.ts";

/** A parameters.json: the form of a package's parameters. */
export const parametersFileSchema = fields({ fields: z.array(parameterField).max(200) }).superRefine(
  (file, context) => {
    const names = new Set<string>();
    for (const [index, field] of file.fields.entries()) {
      const problem = names.has(field.name)
        ? problemOf("name", `${showName(field.name)} is there twice`)
        : findProblem(field);
      names.add(field.name);
      if (problem === undefined) continue;
      context.addIssue({ code: "custom", path: ["fields", index, problem.part], message: problem.message });
    }
  },
);
export type ParametersFile = z.infer<typeof parametersFileSchema>;

/** Reads a parameters.json. Throws `PARAMETERS_FILE_INVALID` naming `fields[i]`, its part and what was expected. */
export function parseParametersFile(bytes: Uint8Array): ParametersFile {
  return parseDocument(parametersFileSchema, bytes, { file: "parameters.json", code: "PARAMETERS_FILE_INVALID" });
}

/**
 * The same for a file that is pushed: also refuses what would never act. Stored versions keep what they have, so that
 * they still run.
 */
export function parsePushedParametersFile(bytes: Uint8Array): ParametersFile {
  const file = parseParametersFile(bytes);
  for (const [index, field] of file.fields.entries()) {
    const problem = findIdle(field);
    if (problem === undefined) continue;
    const place = `parameters.json: fields[${index}].${problem.part}`;
    throw new SealrunError("PARAMETERS_FILE_INVALID", `${place}: ${problem.message}`);
  }
  return file;
}

interface Problem {
  readonly part: string;
  readonly message: string;
}

/** The first contradiction between the parts of one field, or undefined. */
function findProblem(field: ParameterField): Problem | undefined {
  const { type, min, max, choices = [] } = field;
  if (hasChoices(type) && choices.length === 0) return problemOf("choices", `expected at least one choice for ${type}`);
  if (!isNumber(type) && min !== undefined) return problemOf("min", "expected none: only int and float have a range");
  if (!isNumber(type) && max !== undefined) return problemOf("max", "expected none: only int and float have a range");
  if (min !== undefined && max !== undefined && min > max) return problemOf("min", "expected min to be at most max");
  const value = defaultOf(field);
  const mismatch = value === undefined ? undefined : findEarlyMismatch(field, value);
  return mismatch === undefined ? undefined : problemOf("default", mismatch);
}

/** The first part that does nothing for a field of this type, or undefined. Forms write empty choices for any type. */
function findIdle({ type, step, choices = [] }: ParameterField): Problem | undefined {
  if (choices.length > 0 && !hasChoices(type)) {
    return problemOf(
      "choices",
      `expected none: ${type} accepts any value; only select, multiselect and radio have choices`,
    );
  }
  if (step !== undefined && !isNumber(type)) return problemOf("step", "expected none: only int and float have a step");
  return undefined;
}

function isNumber(type: ParameterField["type"]): boolean {
  return type === "int" || type === "float";
}

function hasChoices(type: ParameterField["type"]): boolean {
  return type === "select" || type === "multiselect" || type === "radio";
}

function problemOf(part: string, message: string): Problem {
  return { part, message };
}
