import { type Context, fromBase64, secretContext, sha256Hex, stateContext } from "@sealrun/crypto";
import {
  decode,
  encodeJson,
  type ExecutionId,
  type JsonObject,
  type KeyringLookupRequest,
  lookupRequest,
  type PlatformId,
  type RpcVerb,
  SealrunError,
  stateRequest,
} from "@sealrun/protocol";
import type { ScopeOwner } from "../scope-keys/scope-keys.ts";
import type { StoredGrant } from "./store.ts";

type Entry = KeyringLookupRequest["entries"][number];

/**
 * A request for the message key of one sealed value: the owner of the scope key, the context, and the envelope up to
 * the nonce.
 */
export interface KeyRequest {
  readonly owner: ScopeOwner;
  readonly context: Context;
  readonly prefix: Uint8Array;
}

/** A lookup of message keys: the executor's own frame, combined with the platform's entries. */
export interface KeyLookup {
  readonly executionId: ExecutionId;
  readonly attempt: number;
  /** The requested keys; the grant says whose package and project they belong to. */
  readonly keysFor: (platformId: PlatformId, grant: StoredGrant) => readonly KeyRequest[];
  /** Names and scopes, for the audit. */
  readonly detail: JsonObject;
}

/**
 * The verb of the executor's request that the entries belong to. `MALFORMED` for a mixture, and for two secrets at
 * once.
 */
export function verbOf(entries: readonly Entry[]): RpcVerb {
  if (entries.every((entry) => entry.kind === "state")) return "state";
  if (entries.length === 1) return "lookup";
  throw new SealrunError("MALFORMED", "Expected one secret, or only state, at entries");
}

/**
 * Reads the executor's frame. A secret's name comes only from there, so that the platform cannot ask for another one.
 */
export function readKeyLookup(body: Uint8Array, entries: readonly Entry[]): KeyLookup {
  const [first] = entries;
  return first?.kind === "secret" ? secretLookup(body, first) : stateLookup(body, entries);
}

/** Equal for equal entries: one frame is good for one set of entries. */
export function digestOf(entries: readonly Entry[]): string {
  return sha256Hex(encodeJson(entries));
}

function secretLookup(body: Uint8Array, entry: Extract<Entry, { readonly kind: "secret" }>): KeyLookup {
  const { executionId, attempt, name, scope: asked } = decode(lookupRequest, body);
  const { scope } = entry;
  if (asked !== undefined && asked !== scope) {
    throw new SealrunError("NO_GRANT", `The executor asks for scope ${asked}, but the platform for scope ${scope}`);
  }
  return {
    executionId,
    attempt,
    keysFor: (platformId, grant) => {
      const ownerId = { service: grant.packageId, project: grant.projectId, platform: platformId }[scope];
      const context = secretContext({ platformId, scope, ownerId, name });
      return [{ owner: { scope, ownerId }, context, prefix: fromBase64(entry.prefix) }];
    },
    detail: { name, scope },
  };
}

function stateLookup(body: Uint8Array, entries: readonly Entry[]): KeyLookup {
  const asked = decode(stateRequest, body);
  if (asked.op !== "get") throw new SealrunError("MALFORMED", "Expected a request to read state at op");
  const places = entries.filter((entry) => entry.kind === "state");
  return {
    executionId: asked.executionId,
    attempt: asked.attempt,
    keysFor: (platformId, { packageId }) =>
      places.map(({ key, prefix }) => ({
        owner: { scope: "service", ownerId: packageId },
        context: stateContext({ platformId, packageId, key }),
        prefix: fromBase64(prefix),
      })),
    detail: { state: places.map(({ key }) => key) },
  };
}
