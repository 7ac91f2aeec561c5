import {
  isToPublicKey,
  lookupContext,
  messageKey,
  readPrefix,
  sealTo,
  sharedSecret,
  toBase64,
  toHex,
  wipe,
} from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import { encodeJson, type KeyringLookupReply, type KeyringLookupRequest, SealrunError } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import { findOwnedKey, withPrivateKey } from "../scope-keys/scope-keys.ts";
import type { StoredScopeKey } from "../scope-keys/store.ts";
import { checkProjectRight, type ExecutorFrame, openExecutorFrame } from "./executor-frame.ts";
import type { AttemptDeps } from "./grants.ts";
import { digestOf, type KeyLookup, readKeyLookup, type KeyRequest, verbOf } from "./key-lookup.ts";
import { findGrant, type StoredGrant } from "./store.ts";
import { noteAnswered } from "../answered-frames/store.ts";

/**
 * Derives the message keys that a live grant's executor asked for in its own signed frame, boxed to it and bound to
 * that frame's request id. The audit row is committed before the answer. `NO_GRANT`, `NOT_ENROLLED`, `REPLAYED`,
 * `KEY_NOT_FOUND`, `LOW_ORDER_KEY`, and the codes of signed frames.
 */
export async function answerLookup(deps: AttemptDeps, request: KeyringLookupRequest): Promise<KeyringLookupReply> {
  const { executionId, attempt, executorId, entries } = request;
  const answer = await deps.database.transaction(async (sql) => {
    const frame = await openExecutorFrame(sql, request, verbOf(entries));
    const lookup = readKeyLookup(frame.body, entries);
    const grant = await findLiveGrant(sql, request, { frame, lookup });
    if (!(await noteAnswered(sql, frame.digest, digestOf(entries)))) {
      throw new SealrunError("REPLAYED", "This lookup was answered for other values");
    }
    const keys = await deriveKeys(sql, deps, lookup.keysFor(deps.platformId, grant));
    await recordAudit(sql, { action: "lookup", executorId, executionId, attempt, detail: lookup.detail });
    const { requestId } = frame.header;
    const context = lookupContext({ platformId: deps.platformId, executionId, attempt, executorId, requestId });
    const content = encodeJson({ keys: keys.map((key) => toBase64(key)) });
    const boxed = sealTo(frame.executor.boxPublic, context, content);
    for (const bytes of [...keys, content]) wipe(bytes);
    crashPoint("keyring.lookup.before-commit");
    return { ok: true as const, keys: toBase64(boxed) };
  });
  crashPoint("keyring.lookup.after-commit");
  return answer;
}

async function findLiveGrant(
  sql: Sql,
  request: KeyringLookupRequest,
  { frame, lookup }: { readonly frame: ExecutorFrame; readonly lookup: KeyLookup },
): Promise<StoredGrant> {
  const { executionId, attempt } = lookup;
  if (executionId !== request.executionId || attempt !== request.attempt) {
    throw new SealrunError("NO_GRANT", "The executor and the platform ask for different attempts");
  }
  const grant = await findGrant(sql, executionId, attempt);
  if (grant === undefined || !grant.isLive || grant.executorId !== frame.executor.id) {
    throw new SealrunError("NO_GRANT", `The executor has no live grant for attempt ${attempt} of ${executionId}`);
  }
  checkProjectRight(frame.executor, grant.projectId);
  return grant;
}

/** Keys in the order of the requests. Each private key is unwrapped once for all values sealed to it. */
async function deriveKeys(
  sql: Sql,
  deps: AttemptDeps,
  requests: readonly KeyRequest[],
): Promise<readonly Uint8Array[]> {
  const keys = new Map<KeyRequest, Uint8Array>();
  for (const values of Map.groupBy(requests, keyIdOf).values()) {
    const [first] = values;
    if (first === undefined) continue;
    const key = await findOwnedKey(sql, readPrefix(first.prefix).keyId, first.owner);
    withPrivateKey(deps, key, (privateKey) => {
      for (const value of values) keys.set(value, deriveKey(value, key, privateKey));
    });
  }
  return requests.flatMap((value) => keys.get(value) ?? []);
}

function deriveKey(value: KeyRequest, key: StoredScopeKey, privateKey: Uint8Array): Uint8Array {
  const prefix = readPrefix(value.prefix);
  if (!isToPublicKey(prefix)) throw new SealrunError("WRONG_KEY_OR_CONTEXT", "");
  const shared = sharedSecret(privateKey, prefix.ephemeral);
  try {
    return messageKey(shared, key.public_key, value.context, value.prefix);
  } finally {
    wipe(shared);
  }
}

function keyIdOf(value: KeyRequest): string {
  return toHex(readPrefix(value.prefix).keyId);
}
