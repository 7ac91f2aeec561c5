import { createBatchSealer, parametersContext, secretContext, toBase64, wipe } from "@sealrun/crypto";
import {
  encodeJson,
  type JsonObject,
  type JsonValue,
  limits,
  type Scope,
  type SealedSecret,
  SealrunError,
  secretName,
  showBytes,
  showName,
} from "@sealrun/protocol";
import type { TrustedKey } from "../connection/trust.ts";

/** Seals values for the owner of a key, as one sealing batch. `NAME_NOT_ALLOWED` and `VALUE_TOO_LARGE` name the secret. */
export function sealSecrets(
  key: TrustedKey,
  scope: Scope,
  values: ReadonlyMap<string, JsonValue>,
): readonly SealedSecret[] {
  const { platformId, ownerId } = key;
  const sealer = createBatchSealer(key.publicKey);
  return [...values].map(([given, value]) => {
    const name = checkName(given);
    const plaintext = encodeJson(value);
    try {
      checkSize(name, plaintext);
      const envelope = sealer.seal(secretContext({ platformId, scope, ownerId, name }), plaintext);
      return { name, envelope: toBase64(envelope) };
    } finally {
      wipe(plaintext);
    }
  });
}

/** Seals the parameters of a run as one value, in base64. */
export function sealParameters(key: TrustedKey, params: JsonObject): string {
  const plaintext = encodeJson(params);
  try {
    const context = parametersContext({ platformId: key.platformId, packageId: key.ownerId });
    return toBase64(createBatchSealer(key.publicKey).seal(context, plaintext));
  } finally {
    wipe(plaintext);
  }
}

function checkName(given: string): SealedSecret["name"] {
  const parsed = secretName.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new SealrunError("NAME_NOT_ALLOWED", `${showName(given)} is not allowed: ${parsed.error.issues[0]?.message}`);
}

function checkSize(name: string, plaintext: Uint8Array): void {
  if (plaintext.length <= limits.secretValueBytes) return;
  throw new SealrunError(
    "VALUE_TOO_LARGE",
    `${showName(name)}: expected a value of at most ${showBytes(limits.secretValueBytes)} as JSON, found ${plaintext.length} bytes`,
  );
}
