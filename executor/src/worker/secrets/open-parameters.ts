import { fromBase64, openWithMessageKey } from "@sealrun/crypto";
import {
  checkParameters,
  checkResolved,
  decode,
  type JsonObject,
  jsonObject,
  type ParametersFile,
  parseParametersFile,
  SealrunError,
} from "@sealrun/protocol";
import type { Attempt } from "../../between/attempt.ts";
import { withoutReserved } from "./read-fields.ts";

/** The parameters of a run before their references are resolved. */
export interface OpenParameters {
  /** Given values and defaults. */
  readonly values: JsonObject;
  /** Names whose values may look like references and are not: no person wrote them, so they are not resolved. */
  readonly literal: ReadonlySet<string>;
  /** Fields of an event or of an earlier run that parameters.json does not know: the script gets them unchanged. */
  readonly unknown: JsonObject;
  readonly file: ParametersFile | undefined;
}

/**
 * The parameters of the run, visible and sealed together. They are checked again against parameters.json, because the
 * requester could have sealed anything.
 */
export function openParameters(attempt: Attempt, parametersFile: Uint8Array | undefined): OpenParameters {
  const { event } = attempt;
  const file = parametersFile === undefined ? undefined : parseParametersFile(parametersFile);
  const given = { ...openSealed(attempt), ...event.parameters.visible };
  if (event.trigger.kind === "request") {
    return { values: checkParameters(file, given), literal: new Set(), unknown: {}, file };
  }
  // No person chose these names for this package, so that a name that it does not know is not a mistake.
  const fields = Object.entries(withoutReserved({ ...given, ...openEventData(attempt) }));
  const isKnown = (name: string): boolean => file?.fields.some((field) => field.name === name) ?? true;
  const known = Object.fromEntries(fields.filter(([name]) => isKnown(name)));
  const unknown = Object.fromEntries(fields.filter(([name]) => !isKnown(name)));
  // A null is replaced by the default, which the author of the package wrote.
  const literal = new Set(Object.keys(known).filter((name) => known[name] !== null));
  return { values: checkParameters(file, known), literal, unknown, file };
}

/**
 * The parameters that a script gets: resolved and checked values, the names and ids of the run, and as under Ferris the
 * type of the event that started it.
 */
export function completeParameters(
  { event }: Attempt,
  { file, unknown }: OpenParameters,
  resolved: JsonObject,
): JsonObject {
  return {
    ...unknown,
    ...checkResolved(file, resolved),
    ...(event.trigger.kind === "event" ? { origin_event_type: event.trigger.type } : {}),
    package_name: event.package.name,
    package_id: event.package.id,
    execution_id: event.executionId,
  };
}

function openSealed(attempt: Attempt): JsonObject {
  const { sealed } = attempt.event.parameters;
  if (sealed === undefined) return {};
  const key = attempt.grant.parametersKey;
  if (key === undefined) throw new SealrunError("NO_GRANT", "The grant does not cover the parameters of this run");
  return decode(jsonObject, openWithMessageKey(key, fromBase64(sealed)));
}

/** The data of the event that started this run. */
function openEventData(attempt: Attempt): JsonObject {
  const { eventData } = attempt.event.parameters;
  if (eventData === undefined) return {};
  const key = attempt.grant.eventDataKey(eventData.id);
  if (key === undefined) throw new SealrunError("NO_GRANT", "The grant does not cover the data of this run's event");
  return decode(jsonObject, openWithMessageKey(key, fromBase64(eventData.envelope)));
}
