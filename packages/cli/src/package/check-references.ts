import {
  type JsonObject,
  type ListedReference,
  listReferences,
  type ParametersFile,
  showName,
  showNames,
  type Step,
} from "@sealrun/protocol";

/** The documents of a package in which references may stand. */
export interface ReferringDocuments {
  readonly config: JsonObject | undefined;
  readonly parameters: ParametersFile | undefined;
  readonly steps: readonly Step[];
}

/**
 * Reads every reference of a package, and gives a sentence for each that its step may not read. Throws
 * `REFERENCE_INVALID` with document, field and character for one that no run could resolve.
 */
export function checkReferences({ config, parameters, steps }: ReferringDocuments): readonly string[] {
  const shared = [
    ...listReferences(config ?? {}, { document: "config.json" }),
    ...(parameters?.fields ?? []).flatMap(({ name, default: value }) =>
      value === undefined ? [] : listReferences(value, { document: `parameters.json: default of ${showName(name)}` }),
    ),
  ];
  const warnings = steps.flatMap((step) => {
    const env = listReferences(step.env, { document: `the env of step ${step.name}` });
    const place = { document: `the input of step ${step.name}`, isProgram: true };
    const input = step.input === undefined ? [] : listReferences(step.input, place);
    return [...shared, ...env, ...input].flatMap((reference) => warn(reference, step));
  });
  return [...new Set(warnings)];
}

function warn({ place, names }: ListedReference, { script, secrets }: Step): readonly string[] {
  if (secrets === undefined || names.some((name) => secrets.some((declared) => declared === name))) return [];
  return [
    `${place} names ${showNames(names)}, which manifest.json does not list among the secrets of ${script}; that step will fail`,
  ];
}
