import { crashPoint } from "@sealrun/faults";
import { readEnvelope, toBase64 } from "@sealrun/crypto";
import { decode, limits, type LookupReply, lookupRequest } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import { findNarrowest } from "../secrets/lookup-store.ts";
import { openStored } from "../secrets/sealed-value.ts";
import { findLiveAttempt } from "../executions/attempt-store.ts";
import { askMessageKeys } from "../keyring/ask-keyring.ts";
import { executorRequester, type ExecutorRequest, type RpcDeps } from "../executors/executor-request.ts";

/**
 * Answers with the secret of a name, sealed, from the requested scope or else the narrowest one, and with its message
 * key, which the keyring sealed to the executor. The lookup and its result are in the audit before the keyring is
 * asked. `LEASE_LOST`, and the keyring's refusals.
 */
export async function answerLookup(deps: RpcDeps, request: ExecutorRequest): Promise<LookupReply> {
  const { executionId, attempt, name, scope: only } = decode(lookupRequest, request.body);
  const { presence, secret } = await deps.database.transaction(async (sql) => {
    const live = await findLiveAttempt(sql, { executionId, attempt, executorId: request.executorId });
    const found = await findNarrowest(sql, { ...live, platformId: deps.platformId }, name, only);
    const detail = {
      attempt,
      name,
      ...(only === undefined ? {} : { asked: only }),
      scope: found.secret?.scope ?? null,
      version: found.secret?.version ?? null,
      outcome: found.secret === undefined ? "missing" : "found",
    };
    await recordAudit(sql, {
      requester: executorRequester(request),
      action: "secret.lookup",
      object: executionId,
      detail,
    });
    return found;
  });
  crashPoint("platform.lookup.after-audit");
  if (secret === undefined) return { ok: true, found: false, presence };
  const envelope = openStored(deps, secret);
  const keys = await askMessageKeys(deps, request, {
    executionId,
    attempt,
    entries: [{ kind: "secret", scope: secret.scope, prefix: toBase64(readEnvelope(envelope).prefix) }],
  });
  const { scope, id, version, sha256, size } = secret;
  const inline = size <= limits.fetchPartBytes ? { envelope: toBase64(envelope) } : {};
  return { ok: true, found: true, presence, scope, id, version, sha256, size, ...inline, keys };
}
