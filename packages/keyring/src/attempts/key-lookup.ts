import { fromBase64, secretContext, sha256Hex, stateContext } from "@sealrun/crypto";
import {
  type AttemptFrame,
  decodeOfAttempt,
  encodeJson,
  eventKeysRequest,
  type ExecutionId,
  type JsonObject,
  type KeyringLookupRequest,
  lookupRequest,
  type PlatformId,
  type RpcVerb,
  SealrunError,
  showName,
  stateRequest,
} from "@sealrun/protocol";
import type { KeyRequest } from "./derive-keys.ts";
import type { StoredGrant } from "./store.ts";

type Entry = KeyringLookupRequest["entries"][number];

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
 * The verb of the executor's request that the entries belong to. `MALFORMED` for a mixture, and for two secrets at once
 * that are not the event's.
 */
export function verbOf(entries: readonly Entry[]): RpcVerb {
  if (entries.every((entry) => entry.kind === "state")) return "state";
  if (entries.length === 1 || entries.every((entry) => entry.kind === "event-secret")) return "lookup";
  throw new SealrunError("MALFORMED", "Expected one secret, only secrets of the event, or only state, at entries");
}

/**
 * Reads the executor's frame. The attempt and a secret's name come only from there, so that the platform cannot ask for
 * another one.
 */
export function readKeyLookup(frame: AttemptFrame, entries: readonly Entry[]): KeyLookup {
  const [first] = entries;
  if (first?.kind === "secret") return secretLookup(frame, first);
  return first?.kind === "event-secret" ? eventSecretLookup(frame, entries) : stateLookup(frame, entries);
}

/** Equal for equal entries: one frame is good for one set of entries. */
export function digestOf(entries: readonly Entry[]): string {
  return sha256Hex(encodeJson(entries));
}

function secretLookup(frame: AttemptFrame, entry: Extract<Entry, { readonly kind: "secret" }>): KeyLookup {
  const { executionId, attempt, name, scope: asked } = decodeOfAttempt(lookupRequest, frame);
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

/** Keys of service secrets. Each entry is for one name in the executor's frame, and each name is answered once. */
function eventSecretLookup(frame: AttemptFrame, entries: readonly Entry[]): KeyLookup {
  const { executionId, attempt, values } = decodeOfAttempt(eventKeysRequest, frame);
  const names = new Set(values.map(({ name }) => name));
  const secrets = entries.filter((entry) => entry.kind === "event-secret");
  for (const { name } of secrets) {
    if (!names.delete(name)) throw new SealrunError("NO_GRANT", `The executor does not ask for ${showName(name)}`);
  }
  return {
    executionId,
    attempt,
    keysFor: (platformId, { packageId }) =>
      secrets.map(({ name, prefix }) => {
        const owner = { scope: "service", ownerId: packageId } as const;
        return { owner, context: secretContext({ platformId, ...owner, name }), prefix: fromBase64(prefix) };
      }),
    detail: { scope: "service", names: secrets.map(({ name }) => name) },
  };
}

function stateLookup(frame: AttemptFrame, entries: readonly Entry[]): KeyLookup {
  const asked = decodeOfAttempt(stateRequest, frame);
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
