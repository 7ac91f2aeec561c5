import { type JsonObject } from "@sealrun/protocol";
import type { FormReading } from "./form-values.ts";

/** How the inputs of one free parameter are named in the form. */
export const freeNames = { name: "free-name", value: "free-value" } as const;

/** Reads the rows of free parameters; empty rows are left out. */
export function readFree(values: Pick<FormData, "getAll">): FormReading {
  const texts = textsOf(values, freeNames.value);
  const params: JsonObject = {};
  const problems = new Map<string, string>();
  for (const [index, given] of textsOf(values, freeNames.name).entries()) {
    const name = given.trim();
    const text = texts[index] ?? "";
    if (name === "" && text === "") continue;
    if (name === "" || Object.hasOwn(params, name))
      problems.set(freeNames.name, "expected a different name for each parameter");
    else params[name] = text;
  }
  return { params, problems };
}

/** The texts of a form under a name; files are left out. */
export function textsOf(values: Pick<FormData, "getAll">, name: string): readonly string[] {
  return values.getAll(name).filter((value) => typeof value === "string");
}
