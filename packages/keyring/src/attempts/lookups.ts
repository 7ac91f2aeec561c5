import { lookupContext, readPrefix, sealTo, toBase64, toHex, wipe } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import { encodeJson, type KeyringLookupReply, type KeyringLookupRequest, SealrunError } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import { pickOwnedKey } from "../scope-keys/scope-keys.ts";
import { findKeysById } from "../scope-keys/store.ts";
import { deriveKeys, type KeyRequest } from "./derive-keys.ts";
import { checkProjectRight, type ExecutorFrame, openExecutorFrame } from "./executor-frame.ts";
import type { AttemptDeps } from "./grants.ts";
import { digestOf, type KeyLookup, readKeyLookup, verbOf } from "./key-lookup.ts";
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
    const [frame, found] = await Promise.all([
      openExecutorFrame(sql, request, { verb: verbOf(entries) }),
      findGrant(sql, executionId, attempt),
    ]);
    const lookup = readKeyLookup(frame, entries);
    const grant = checkGrant(found, request, { frame, lookup });
    const requests = lookup.keysFor(deps.platformId, grant);
    const keyIds = distinctKeyIds(requests);
    // They travel together; of a refused lookup all is rolled back.
    const [isOwn, stored] = await Promise.all([
      noteAnswered(sql, frame.digest, digestOf(entries)),
      findKeysById(sql, keyIds),
      recordAudit(sql, { action: "lookup", executorId, executionId, attempt, detail: lookup.detail }),
    ]);
    if (!isOwn) throw new SealrunError("REPLAYED", "This lookup was answered for other values");
    const keyOf = ({ prefix, owner }: KeyRequest) => pickOwnedKey(stored, readPrefix(prefix).keyId, owner);
    const keys = deriveKeys(
      deps,
      requests.map((asked) => ({ ...asked, key: keyOf(asked) })),
    );
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

/** The grant that the platform names, if the executor asks for the same one and it is alive. */
function checkGrant(
  grant: StoredGrant | undefined,
  request: KeyringLookupRequest,
  { frame, lookup }: { readonly frame: ExecutorFrame; readonly lookup: KeyLookup },
): StoredGrant {
  const { executionId, attempt } = lookup;
  if (executionId !== request.executionId || attempt !== request.attempt) {
    throw new SealrunError("NO_GRANT", "The executor and the platform ask for different attempts");
  }
  if (grant === undefined || !grant.isLive || grant.executorId !== frame.executor.id) {
    throw new SealrunError("NO_GRANT", `The executor has no live grant for attempt ${attempt} of ${executionId}`);
  }
  checkProjectRight(frame.executor, grant.projectId);
  return grant;
}

function distinctKeyIds(requests: readonly KeyRequest[]): readonly Uint8Array[] {
  const ids = requests.map(({ prefix }) => readPrefix(prefix).keyId);
  return [...new Map(ids.map((id) => [toHex(id), id])).values()];
}
