import { createBatchSealer, secretContext, sha256Hex, toBase64 } from "@sealrun/crypto";
import {
  encodeJson,
  type JsonValue,
  limits,
  type Scope,
  SealrunError,
  secretName,
  type WritableScope,
  writableScope,
} from "@sealrun/protocol";
import type { Attempt } from "../../between/attempt.ts";

/** The version that a `set` stored. `shadowedBy` is the narrower scope that hides the new value from this package. */
export interface StoredVersion {
  readonly scope: WritableScope;
  readonly version: number;
  readonly shadowedBy: Scope | undefined;
}

/**
 * Seals a value for a scope and stores it. Fails with `SCOPE_NOT_WRITABLE`, `NAME_NOT_ALLOWED` or `VALUE_TOO_LARGE`
 * before anything is sent. `onAccepted` is called between these checks and the first message; what it throws refuses the
 * value.
 */
export async function storeSecret(
  attempt: Attempt,
  secret: { readonly name: string; readonly value: JsonValue; readonly scope: string },
  onAccepted: () => void = () => undefined,
): Promise<StoredVersion> {
  const scope = writableScope.safeParse(secret.scope);
  if (!scope.success) {
    throw new SealrunError(
      "SCOPE_NOT_WRITABLE",
      `A script sets secrets in the scope "project" or "platform"; name one of the two`,
    );
  }
  const name = secretName.safeParse(secret.name);
  if (!name.success) {
    throw new SealrunError(
      "NAME_NOT_ALLOWED",
      "A secret name starts with a letter or _ and may have only letters, digits, _ . and -, at most 128",
    );
  }
  const plaintext = encodeJson(secret.value);
  if (plaintext.length > limits.secretValueBytes) {
    throw new SealrunError(
      "VALUE_TOO_LARGE",
      `The value of ${name.data} is over ${limits.secretValueBytes} bytes as JSON; keep large data elsewhere and its key here`,
    );
  }
  const publicKey = attempt.grant.publicKey(scope.data);
  onAccepted();
  const { event } = attempt;
  const ownerId = scope.data === "project" ? event.project.id : event.platformId;
  const context = secretContext({ platformId: event.platformId, scope: scope.data, ownerId, name: name.data });
  const envelope = createBatchSealer(publicKey).seal(context, plaintext);
  const sha256 = sha256Hex(envelope);
  const parts = Math.ceil(envelope.length / limits.fetchPartBytes);
  for (let part = 0; part < parts; part += 1) {
    const bytes = envelope.subarray(part * limits.fetchPartBytes, (part + 1) * limits.fetchPartBytes);
    const reply = await attempt.rpc.set({
      scope: scope.data,
      name: name.data,
      sha256,
      size: envelope.length,
      part,
      parts,
      bytes: toBase64(bytes),
    });
    if (reply.stored !== undefined) {
      return { scope: scope.data, version: reply.stored.version, shadowedBy: reply.stored.shadowedBy };
    }
  }
  throw new SealrunError("MALFORMED", "The platform took every part of a value and did not say that it is stored");
}
