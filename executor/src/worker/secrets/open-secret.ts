import { fromBase64, openWithMessageKey } from "@sealrun/crypto";
import {
  decode,
  type EventSecret,
  jsonValue,
  type JsonValue,
  type Scope,
  SealrunError,
  type SecretName,
} from "@sealrun/protocol";
import type { Attempt } from "../../between/attempt.ts";
import { createEventKeys, type EventKeys } from "./event-keys.ts";
import { fetchWhole } from "../../between/fetch-whole.ts";

/** A value, with its scope and version for the receipt. */
export interface FoundSecret {
  readonly value: JsonValue;
  readonly scope: Scope;
  readonly version: number;
}

/**
 * Opens a service secret from the event with its own message key. Fails with `REPLACED` when this version is no longer
 * stored.
 */
export async function openEventSecret(
  attempt: Attempt,
  secret: EventSecret,
  keys: Pick<EventKeys, "find"> = createEventKeys(attempt),
): Promise<FoundSecret> {
  const key = await keys.find(secret);
  const envelope =
    secret.envelope === undefined
      ? await fetchWhole(attempt, { kind: "secret", id: secret.id, version: secret.version }, secret.sha256)
      : fromBase64(secret.envelope);
  const plaintext = openWithMessageKey(key, envelope);
  return { value: decode(jsonValue, plaintext), scope: "service", version: secret.version };
}

/**
 * Asks the platform for the narrowest secret of a name, or for that of one scope, and opens it with its message
 * key. Undefined when no scope has it.
 */
export async function lookUpSecret(
  attempt: Attempt,
  name: SecretName,
  scope?: Scope,
): Promise<FoundSecret | undefined> {
  const found = await attempt.rpc.lookup({ name, ...(scope === undefined ? {} : { scope }) });
  if (found === undefined) return undefined;
  if (scope !== undefined && found.scope !== scope) {
    throw new SealrunError("MALFORMED", `The platform answered from another scope than ${scope}`);
  }
  const envelope =
    found.envelope === undefined
      ? await fetchWhole(attempt, { kind: "secret", id: found.id, version: found.version }, found.sha256)
      : fromBase64(found.envelope);
  const plaintext = openWithMessageKey(found.messageKey, envelope);
  return { value: decode(jsonValue, plaintext), scope: found.scope, version: found.version };
}
