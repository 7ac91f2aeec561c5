import {
  anyAge,
  fromBase64,
  lookupContext,
  openBoxed,
  openFrame,
  openWithMessageKey,
  openWithSharedSecret,
  secretContext,
} from "@sealrun/crypto";
import {
  decode,
  type EventSecret,
  jsonValue,
  type JsonValue,
  keyringLookupReply,
  keyringSender,
  messageKeys,
  type Scope,
  SealrunError,
  type SecretName,
  subjects,
} from "@sealrun/protocol";
import type { Attempt } from "../../between/attempt.ts";
import { fetchWhole } from "./fetch-whole.ts";

/** A value, with its scope and version for the receipt. */
export interface FoundSecret {
  readonly value: JsonValue;
  readonly scope: Scope;
  readonly version: number;
}

/**
 * Opens a service secret from the event, with the grant. Fails with `REPLACED` when this version is no longer stored.
 */
export async function openEventSecret(attempt: Attempt, secret: EventSecret): Promise<FoundSecret> {
  const upload = attempt.grant.shared(secret.keyId, secret.ephemeral);
  if (upload === undefined) throw new SealrunError("NO_GRANT", `The grant does not cover the secret ${secret.name}`);
  const envelope =
    secret.envelope === undefined
      ? await fetchWhole(attempt, { kind: "secret", id: secret.id, version: secret.version }, secret.sha256)
      : fromBase64(secret.envelope);
  const context = secretContext({
    platformId: attempt.event.platformId,
    scope: "service",
    ownerId: attempt.event.package.id,
    name: secret.name,
  });
  const plaintext = openWithSharedSecret(upload.shared, upload.recipient, context, envelope);
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

/** The message keys in a keyring's answer to exactly one request of this attempt. */
export function openMessageKeys(attempt: Attempt, frame: string, requestId: string): readonly Uint8Array[] {
  const opened = openFrame(fromBase64(frame), {
    findKey: (sender) => (sender === keyringSender ? attempt.keyring.signPublic : undefined),
    expect: { kind: "lookup.reply", subject: subjects.keyring("lookup") },
    // Only the context of this one request opens the keys.
    ...anyAge,
  });
  const context = lookupContext({
    platformId: attempt.event.platformId,
    executionId: attempt.ref.executionId,
    attempt: attempt.ref.attempt,
    executorId: attempt.executorId,
    requestId,
  });
  const boxed = fromBase64(decode(keyringLookupReply, opened.body).keys);
  return decode(messageKeys, openBoxed(attempt.box, context, boxed)).keys.map((key) => fromBase64(key));
}
