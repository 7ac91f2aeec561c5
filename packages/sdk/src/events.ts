import { askForValue } from "./ask.ts";
import { SealrunError } from "./error.ts";
import { isJsonObject, type JsonObject, requireJson } from "./json-value.ts";
import { requireText } from "./secrets.ts";

/** What an event has besides its type. */
export interface EventOptions {
  /** The package's name by default. */
  readonly source?: string;
  /** The fields become parameters of the runs that the event starts; sealed before they are sent. */
  readonly data?: JsonObject;
  /** Stored unencrypted, as type and source are. */
  readonly referenceId?: string;
}

/**
 * Sends an event: every active package of the project whose manifest lists its type in `trigger_events` is started.
 * Gives the event's id once that is committed. Takes options, or Ferris's positional arguments (`topic` has no effect).
 */
export function sendEvent(type: string, options?: EventOptions): string;
export function sendEvent(
  type: string,
  source?: string | null,
  data?: JsonObject,
  topic?: unknown,
  referenceId?: string | null,
): string;
export function sendEvent(type: string, ...rest: readonly unknown[]): string {
  const [first, data, , reference] = rest;
  const given = isPlainObject(first) ? readOptions(first) : { source: first, data, referenceId: reference };
  const value = requireFields(given.data, "the event's data");
  const source = optionalText(given.source, "the event's source");
  const referenceId = optionalText(given.referenceId, "the event's reference");
  const id = askForValue({
    op: "event.send",
    type: requireText(type, "an event's type"),
    value,
    ...(source === undefined ? {} : { source }),
    ...(referenceId === undefined ? {} : { referenceId }),
  });
  return typeof id === "string" ? id : "";
}

/** An object's fields; absent or null gives an empty object. Throws `MALFORMED`. */
export function requireFields(value: unknown, what: string): JsonObject {
  if (value === undefined || value === null) return {};
  requireJson(value, what);
  if (isJsonObject(value)) return value;
  throw new SealrunError("MALFORMED", `sealrun: ${what} must be an object of names and values; nothing was sent`);
}

/** Text, or undefined when it is absent, null or empty. Throws `MALFORMED`. */
export function optionalText(value: unknown, what: string): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return requireText(value, what);
}

/** Throws `MALFORMED` for an unknown option: a misspelt one must not be ignored in silence. */
export function refuseUnknown(given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new SealrunError(
    "MALFORMED",
    `sealrun: there is no option ${JSON.stringify(unknown.slice(0, 64))}; known are ${known.join(", ")}; nothing was sent`,
  );
}

function readOptions(given: object): {
  readonly source?: unknown;
  readonly data?: unknown;
  readonly referenceId?: unknown;
} {
  refuseUnknown(given, ["source", "data", "referenceId"]);
  return given;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
