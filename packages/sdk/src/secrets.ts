import { ask, askForValue } from "./ask.ts";
import { SealrunError } from "./error.ts";
import { type JsonValue, requireJson } from "./json-value.ts";

/** The scopes a script may write. */
export type WritableScope = "project" | "platform";

/** The named arguments of `context.secrets.set`, as Ferris scripts use them. */
export interface NewSecret {
  readonly name: string;
  readonly value: JsonValue;
  readonly context: WritableScope;
}

/** The written secret's scope and version, and the narrower scope that hides it from this package, if any. */
export interface SetOutcome {
  readonly scope: WritableScope;
  readonly version: number;
  readonly shadowedBy?: string;
}

/**
 * The secret of that name from the service, else the project, else the platform; null when no scope has it. Presence
 * decides: `""`, `0`, `false` and `null` are values. Throws when a value exists but cannot be opened.
 */
export function getSecret(name: string): JsonValue {
  return askForValue({ op: "get", name: requireText(name, "a secret's name") });
}

/** Sets a project's or the platform's secret, with positional or named arguments. A refusal throws, and nothing is stored. */
export function setSecret(name: string, value: JsonValue, context: WritableScope): SetOutcome;
export function setSecret(secret: NewSecret): SetOutcome;
export function setSecret(first: string | NewSecret, second?: JsonValue, third?: WritableScope): SetOutcome {
  const given: { name: string; value: unknown; context: unknown } =
    typeof first === "object" ? first : { name: first, value: second, context: third };
  const { name, value, context } = given;
  requireJson(value, "the value");
  const scope = requireText(context, 'the third argument, "project" or "platform",');
  const reply = ask({ op: "set", name: requireText(name, "a secret's name"), scope, value });
  const shadowedBy = reply["shadowedBy"];
  return {
    scope: scope === "platform" ? "platform" : "project",
    version: Number(reply["version"]),
    ...(typeof shadowedBy === "string" ? { shadowedBy } : {}),
  };
}

/** Throws `MALFORMED` unless `value` is a string. */
export function requireText(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new SealrunError("MALFORMED", `sealrun: ${what} must be a string, not ${typeof value}; nothing was sent`);
}
