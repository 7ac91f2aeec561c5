import { type JsonObject, type ParametersFile, readParameters, reservedParameters } from "@sealrun/protocol";

/** Parameters of one command line. */
export interface GivenParameters {
  /** Of `--params`. */
  readonly params: JsonObject;
  /** Of `-p`: texts that become values of their fields' types. */
  readonly texts: ReadonlyMap<string, string>;
}

/** What a run gives a script besides its parameters; ef_env.json may have them among them. */
const givenByRun: ReadonlySet<string> = new Set([...reservedParameters, "_fxcid", "_fxexec", "origin_event_type"]);

/**
 * The parameters of a local run: those of ef_env.json, replaced by those of the command line, checked and completed from
 * parameters.json as a start on a platform does. Throws `PARAMETER_INVALID`.
 */
export function chooseParameters(
  file: ParametersFile | undefined,
  stored: JsonObject,
  { params, texts }: GivenParameters,
): JsonObject {
  const { reserved, own } = splitReserved(stored);
  return { ...reserved, ...readParameters(file, { ...own, ...params }, texts) };
}

/** The parameters without the names that a run gives itself, and those names. */
export function splitReserved(params: JsonObject): { readonly reserved: JsonObject; readonly own: JsonObject } {
  const entries = Object.entries(params);
  return {
    reserved: Object.fromEntries(entries.filter(([name]) => givenByRun.has(name))),
    own: Object.fromEntries(entries.filter(([name]) => !givenByRun.has(name))),
  };
}
