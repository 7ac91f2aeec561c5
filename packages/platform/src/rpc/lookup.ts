import { crashPoint } from "@sealrun/faults";
import { envelopePrefix, toBase64 } from "@sealrun/crypto";
import {
  decodeOfAttempt,
  type EventKeysReply,
  eventKeysRequest,
  type EventKeysRequest,
  limits,
  type LookupReply,
  lookupRequest,
  type LookupRequest,
} from "@sealrun/protocol";
import { z } from "zod";
import { recordLastAudit } from "../audit/store.ts";
import { findNarrowest, findServiceVersions } from "../secrets/lookup-store.ts";
import { openStored } from "../secrets/sealed-value.ts";
import { findLiveAttempt } from "../executions/attempt-store.ts";
import { askMessageKeys } from "../keyring/ask-keyring.ts";
import { executorRequester, type ExecutorRequest, type RpcDeps } from "../executors/executor-request.ts";

type LookupDeps = Omit<RpcDeps, "fitness">;

/**
 * Answers with the secret of a name, sealed, from the requested scope or else the narrowest one, and with its message
 * key, which the keyring sealed to the executor. The lookup and its result are in the audit before the keyring is
 * asked. A request for keys of the event's secrets gets those. `LEASE_LOST`, and the keyring's refusals.
 */
export async function answerLookup(deps: LookupDeps, request: ExecutorRequest): Promise<LookupReply | EventKeysReply> {
  const asked = decodeOfAttempt(z.union([lookupRequest, eventKeysRequest]), request);
  return "name" in asked ? answerName(deps, request, asked) : answerEventKeys(deps, request, asked);
}

async function answerName(
  deps: LookupDeps,
  request: ExecutorRequest,
  { executionId, attempt, name, scope: only }: LookupRequest,
): Promise<LookupReply> {
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
    await recordLastAudit(sql, {
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
    entries: [{ kind: "secret", scope: secret.scope, prefix: toBase64(envelopePrefix(envelope)) }],
  });
  const { scope, id, version, sha256, size } = secret;
  const inline = size <= limits.fetchPartBytes ? { envelope: toBase64(envelope) } : {};
  return { ok: true, found: true, presence, scope, id, version, sha256, size, ...inline, keys };
}

/** Keys of secrets that the executor already has, sealed, from the event or a fetch; names and versions are its own. */
async function answerEventKeys(
  deps: LookupDeps,
  request: ExecutorRequest,
  { executionId, attempt, values }: EventKeysRequest,
): Promise<EventKeysReply> {
  const found = await deps.database.transaction(async (sql) => {
    const { packageId } = await findLiveAttempt(sql, { executionId, attempt, executorId: request.executorId });
    const stored = await findServiceVersions(sql, packageId, values);
    const gone = values.filter(({ id }) => !stored.some((secret) => secret.id === id));
    const detail = {
      attempt,
      scope: "service",
      opens: stored.map(({ name, version }) => `${name}@${version}`),
      ...(gone.length === 0 ? {} : { gone: gone.map(({ name }) => name) }),
    };
    const requester = executorRequester(request);
    await recordLastAudit(sql, { requester, action: "secret.lookup", object: executionId, detail });
    return stored;
  });
  crashPoint("platform.lookup.after-audit");
  if (found.length === 0) return { ok: true, names: [] };
  const keys = await askMessageKeys(deps, request, {
    executionId,
    attempt,
    entries: found.map((secret) => ({
      kind: "event-secret",
      name: secret.name,
      prefix: toBase64(envelopePrefix(openStored(deps, secret))),
    })),
  });
  return { ok: true, names: found.map(({ name }) => name), keys };
}
