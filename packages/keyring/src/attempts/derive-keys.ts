import { type Context, deriveMessageKeys } from "@sealrun/crypto";
import { type ScopeKeyDeps, type ScopeOwner, withPrivateKey } from "../scope-keys/scope-keys.ts";
import type { StoredScopeKey } from "../scope-keys/store.ts";

/**
 * A request for the message key of one sealed value: the owner of the scope key, the context, and the envelope up to
 * the nonce.
 */
export interface KeyRequest {
  readonly owner: ScopeOwner;
  readonly context: Context;
  readonly prefix: Uint8Array;
}

/** The same with the stored key that the value is sealed to, which is that owner's. */
export interface FoundKeyRequest extends KeyRequest {
  readonly key: StoredScopeKey;
}

/** Message keys in the order of the requests. Each private key is unwrapped once for all values sealed to it. */
export function deriveKeys(deps: ScopeKeyDeps, requests: readonly FoundKeyRequest[]): readonly Uint8Array[] {
  const derived = new Map<FoundKeyRequest, Uint8Array>();
  for (const [key, values] of Map.groupBy(requests, (request) => request.key)) {
    const keys = withPrivateKey(deps, key, (privateKey) =>
      deriveMessageKeys({ publicKey: key.public_key, privateKey }, values),
    );
    for (const [index, value] of values.entries()) derived.set(value, keys[index] ?? new Uint8Array(0));
  }
  return requests.flatMap((request) => derived.get(request) ?? []);
}
