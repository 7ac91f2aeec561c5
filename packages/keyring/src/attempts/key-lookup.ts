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

/** One sealed value to be opened: whose key it needs, where it belongs, and its envelope up to the nonce. */
export interface KeyRequest {
  readonly owner: ScopeOwner;
  readonly context: Context;
  readonly prefix: Uint8Array;
}

/** What an executor's own frame asks for, with the entries that the platform laid beside it. */
export interface KeyLookup {
  readonly executionId: ExecutionId;
  readonly attempt: number;
  /** The values, once the grant says whose they are. */
  readonly keysFor: (platformId: PlatformId, grant: StoredGrant) => readonly KeyRequest[];
  /** For the audit: names and scopes. */
  readonly detail: JsonObject;
}

/** Which of the executor's requests the entries belong to. `MALFORMED` for a mixture, and for two secrets at once. */
export function verbOf(entries: readonly Entry[]): RpcVerb {
  if (entries.every((entry) => entry.kind === "state")) return "state";
  if (entries.length === 1) return "lookup";
  throw new SealrunError("MALFORMED", "Expected one secret, or state alone, at entries");
}

/** Reads the executor's frame. A secret's name comes from there alone, so that the platform cannot ask for another. */
export function readKeyLookup(body: Uint8Array, entries: readonly Entry[]): KeyLookup {
  const [first] = entries;
  return first?.kind === "secret" ? secretLookup(body, first) : stateLookup(body, entries);
}

/** Equal for equal entries: one frame is good for one set of them. */
export function digestOf(entries: readonly Entry[]): string {
  return sha256Hex(encodeJson(entries));
}

function secretLookup(body: Uint8Array, entry: Extract<Entry, { readonly kind: "secret" }>): KeyLookup {
  const { executionId, attempt, name, scope: asked } = decode(lookupRequest, body);
  const { scope } = entry;
  if (asked !== undefined && asked !== scope) {
    throw new SealrunError("NO_GRANT", `The executor asks in scope ${asked}, the platform for one in scope ${scope}`);
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
