import {
  type JsonObject,
  type ListedReference,
  listReferences,
  type ParametersFile,
  showName,
  showNames,
  type Step,
} from "@sealrun/protocol";
import type { PackageProblem } from "./problem.ts";

/** The documents of a package that may hold references. */
export interface ReferringDocuments {
  readonly config: JsonObject | undefined;
  readonly parameters: ParametersFile | undefined;
  readonly steps: readonly Step[];
}

/** A reference of a package: the file that holds it, and the step that it belongs to; without one it belongs to every step. */
export interface PackageReference extends ListedReference {
  readonly file: string;
  readonly step?: Step;
}

/** Every reference of a package. Throws `REFERENCE_INVALID` with document, field and character. */
export function listPackageReferences({ config, parameters, steps }: ReferringDocuments): readonly PackageReference[] {
  const ofConfig = listReferences(config ?? {}, { document: "config.json" });
  const ofParameters = (parameters?.fields ?? []).flatMap(({ name, default: value }) =>
    value === undefined ? [] : listReferences(value, { document: `parameters.json: default of ${showName(name)}` }),
  );
  return [
    ...ofConfig.map((reference) => ({ ...reference, file: "config.json" })),
    ...ofParameters.map((reference) => ({ ...reference, file: "parameters.json" })),
    ...steps.flatMap((step) => listOfStep(step).map((reference) => ({ ...reference, file: "manifest.json", step }))),
  ];
}

function listOfStep(step: Step): readonly ListedReference[] {
  const env = listReferences(step.env, { document: `the env of step ${step.name}` });
  const place = { document: `the input of step ${step.name}`, isProgram: true };
  return [...env, ...(step.input === undefined ? [] : listReferences(step.input, place))];
}

/**
 * Reads every reference of a package, and gives a problem for each that its step may not read. Throws
 * `REFERENCE_INVALID` with document, field and character for one that no run could resolve.
 */
export function checkReferences(documents: ReferringDocuments): readonly PackageProblem[] {
  const references = listPackageReferences(documents);
  const problems = documents.steps.flatMap((step) =>
    references
      .filter((reference) => reference.step === undefined || reference.step === step)
      .flatMap((reference) => refuse(reference, step)),
  );
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}

function refuse({ file, place, names }: PackageReference, { script, secrets }: Step): readonly PackageProblem[] {
  if (secrets === undefined || names.some((name) => secrets.some((declared) => declared === name))) return [];
  const message = `${place} names ${showNames(names)}, which manifest.json does not list among the secrets of ${script}; that step will fail`;
  return [{ code: "SECRET_NOT_DECLARED", level: "error", file, line: null, message }];
}
