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
import { fetchWhole } from "./fetch-whole.ts";
import { openMessageKeys } from "./open-message-keys.ts";

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
 * Asks the platform for the narrowest secret of a name, or for that of one scope, and opens it with the message key
 * that the keyring sealed to this executor. Undefined when no scope has it.
 */
export async function lookUpSecret(
  attempt: Attempt,
  name: SecretName,
  scope?: Scope,
): Promise<FoundSecret | undefined> {
  const asked = { ...attempt.ref, name, ...(scope === undefined ? {} : { scope }) };
  const { value: reply, requestId } = await attempt.rpc.lookup(asked);
  if (!reply.found) return undefined;
  if (scope !== undefined && reply.scope !== scope) {
    throw new SealrunError("MALFORMED", `The platform answered from another scope than ${scope}`);
  }
  const envelope =
    reply.envelope === undefined
      ? await fetchWhole(attempt, { kind: "secret", id: reply.id, version: reply.version }, reply.sha256)
      : fromBase64(reply.envelope);
  const [key] = openMessageKeys(attempt, reply.keys, requestId);
  if (key === undefined) throw new SealrunError("MALFORMED", "The keyring's answer holds no message key");
  const plaintext = openWithMessageKey(key, envelope);
  return { value: decode(jsonValue, plaintext), scope: reply.scope, version: reply.version };
}
