import { jsonObject, type JsonObject, reservedParameters, SealrunError } from "@sealrun/protocol";

/** Names of the parameters that sealrun itself gives to a run, with Ferris's names for them. */
const givenByRun: readonly string[] = [...reservedParameters, "_fxcid", "_fxexec"];
const notAllowed: readonly string[] = ["", "__proto__", "secrets"];

/**
 * A JSON object from a script; null counts as an empty one. `MALFORMED` for anything else; `what` starts the sentence.
 */
export function readFields(value: unknown, what: string): JsonObject {
  const read = jsonObject.safeParse(value ?? {});
  if (read.success) return read.data;
  throw new SealrunError("MALFORMED", `${what} must be one JSON object: names and their values`);
}

/** The fields that may become parameters of a run. Leaves out names that sealrun gives itself or does not allow. */
export function withoutReserved(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) => !givenByRun.includes(name) && !notAllowed.includes(name)),
  );
}
