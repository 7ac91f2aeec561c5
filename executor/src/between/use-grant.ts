import { fromBase64, verifyScopeKey } from "@sealrun/crypto";
import { type ExecutionEvent, type Grant, SealrunError } from "@sealrun/protocol";
import type { OpenGrant } from "./attempt.ts";

/**
 * The keys of an opened grant. The keyring's statement about a scope's key is checked with its public key when that is
 * first used: most runs seal nothing.
 */
export function useGrant(content: Grant, event: ExecutionEvent, keyringKey: Uint8Array): OpenGrant {
  const keys = new Map(content.secrets.map(({ name, key }) => [name, fromBase64(key)]));
  const owners = { service: event.package.id, project: event.project.id, platform: event.platformId };
  return {
    secretKey: (name) => keys.get(name),
    parametersKey: content.parameters === undefined ? undefined : fromBase64(content.parameters),
    eventDataKey: (id) => (content.eventData?.id === id ? fromBase64(content.eventData.key) : undefined),
    publicKey: (scope) => {
      const fields = verifyScopeKey(content.keys[scope], keyringKey);
      if (fields.scope !== scope || fields.ownerId !== owners[scope] || fields.platformId !== event.platformId) {
        throw new SealrunError("BAD_SIGNATURE", `The keyring's key for the scope ${scope} belongs to another owner`);
      }
      return fromBase64(fields.publicKey);
    },
  };
}
