import { checkParameters, type JsonObject, type ParametersFile, SealrunError, showName } from "@sealrun/protocol";

/**
 * The visible parameters of an earlier execution, checked against this parameters.json, with new defaults filled in. Of
 * the sealed ones only the names are known here. `PARAMETER_INVALID` names the one that does not fit, never its value.
 */
export function fitParameters(
  file: ParametersFile | undefined,
  earlier: { readonly visible: JsonObject; readonly sealedNames: readonly string[] },
): JsonObject {
  const sealed = new Set(earlier.sealedNames);
  const fields = file?.fields ?? [];
  for (const name of Object.keys(earlier.visible)) {
    const field = fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw invalid(name, "that version has no such parameter");
    if (field.visible !== true) throw invalid(name, "that version seals it, but the earlier value was visible");
  }
  if (file === undefined) return {};
  for (const name of sealed) {
    if (!fields.some((field) => field.name === name)) throw invalid(name, "that version has no such parameter");
  }
  for (const { name, required, visible, default: given } of fields) {
    if (visible === true || required !== true || given !== undefined || sealed.has(name)) continue;
    throw invalid(name, "that version requires it, but the earlier execution did not have it");
  }
  // A schedule seals all its parameters, visible fields too.
  return checkParameters(
    { fields: fields.filter(({ name, visible }) => visible === true && !sealed.has(name)) },
    earlier.visible,
  );
}

function invalid(name: string, sentence: string): SealrunError {
  return new SealrunError("PARAMETER_INVALID", `Parameter ${showName(name)}: ${sentence}`);
}
