import { jsonObject, type JsonObject, reservedParameters, SealrunError } from "@sealrun/protocol";

/** Names that a run is given by sealrun itself, under Ferris's names too. */
const givenByRun: readonly string[] = [...reservedParameters, "_fxcid", "_fxexec"];
const notAllowed: readonly string[] = ["", "__proto__", "secrets"];

/** An object that a script gave; null is an empty one. `MALFORMED` for anything else; `what` starts the sentence. */
export function readFields(value: unknown, what: string): JsonObject {
  const read = jsonObject.safeParse(value ?? {});
  if (read.success) return read.data;
  throw new SealrunError("MALFORMED", `${what} is one JSON object: names and their values`);
}

/** The fields that may become parameters of a run; those that sealrun gives itself, or that no parameter may have, are left out. */
export function withoutReserved(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) => !givenByRun.includes(name) && !notAllowed.includes(name)),
  );
}
