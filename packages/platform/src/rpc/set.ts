import {
  concatBytes,
  fromBase64,
  maxEnvelopeBytes,
  openWithKey,
  sealWithKey,
  secretContext,
  sha256Hex,
  storedContext,
} from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import {
  decodeOfAttempt,
  limits,
  narrowerScopes,
  type Presence,
  SealrunError,
  setRequest,
  type SetReply,
  type SetRequest,
} from "@sealrun/protocol";
import type { z } from "zod";
import { findNarrowest, findPresence } from "../secrets/lookup-store.ts";
import { fetchScopeKey, type Place } from "../secrets/scope-key.ts";
import { storeFromScript } from "../secrets/store-from-script.ts";
import { type LiveAttempt, lockLiveAttempt, findLiveAttempt } from "../executions/attempt-store.ts";
import { countParts, keepPart, takeParts } from "../executions/set-parts-store.ts";
import type { ExecutorRequest, RpcDeps } from "../executors/executor-request.ts";

/** A value of the maximum size, padded and sealed, has three parts. */
const maxParts = Math.ceil(maxEnvelopeBytes(limits.secretValueBytes) / limits.fetchPartBytes);
/**
 * The maximum number of stored parts per execution: many scripts may set values at once, but none may fill the disk.
 */
const maxPartsUnderWay = 256;

/**
 * Accepts one part of a value that a script set. Parts wait under the outer layer; the last part stores the whole
 * value, if its digest and the key that sealed it are correct. `LEASE_LOST`, `KEY_CHANGED`, `VALUE_TOO_LARGE`,
 * `TAMPERED`.
 */
export async function answerSet(deps: RpcDeps, request: ExecutorRequest): Promise<SetReply> {
  const asked = decodeOfAttempt(setRequest, request);
  const bytes = fromBase64(asked.bytes);
  checkPart(asked, bytes);
  const claimed = { ...asked, executorId: request.executorId };
  const live = await findLiveAttempt(deps.database, claimed);
  const place = placeOf(deps, live, asked);
  if (asked.part < asked.parts - 1) {
    await deps.database.transaction(async (sql) => {
      await lockLiveAttempt(sql, claimed);
      if ((await countParts(sql, asked.executionId)) >= maxPartsUnderWay) {
        throw new SealrunError("RATE_LIMITED", "Too many values are being set at once; set them one after the other");
      }
      await keepPart(sql, asked, asked.part, sealWithKey(deps.storageKey, partContext(deps, place, asked), bytes));
    });
    return { ok: true };
  }
  const key = await fetchScopeKey(deps, place);
  const reply = await deps.database.transaction(async (sql): Promise<SetReply> => {
    await lockLiveAttempt(sql, claimed);
    const before = await findNarrowest(sql, { ...live, platformId: deps.platformId }, asked.name, asked.scope);
    // Sealing never makes the same bytes twice, so this is a retry of the same request, whose answer was lost.
    if (before.secret?.sha256 === asked.sha256) return storedReply(asked, before.secret, before.presence);
    const envelope = await assemble(deps, sql, { place, asked, last: bytes });
    const stored = await storeFromScript(deps, sql, {
      place,
      key,
      secret: { name: asked.name, envelope },
      executionId: asked.executionId,
      requestId: request.requestId,
    });
    const presence = await findPresence(sql, { ...live, platformId: deps.platformId }, asked.name);
    crashPoint("platform.set.before-commit");
    return storedReply(asked, stored, presence);
  });
  crashPoint("platform.set.after-commit");
  return reply;
}

function storedReply(
  { scope }: SetRequest,
  { id, version }: NonNullable<SetReply["stored"]>,
  presence: Presence,
): SetReply {
  const shadowedBy = narrowerScopes(scope).find((narrower) => presence[narrower]);
  return { ok: true, stored: { id, version, ...(shadowedBy === undefined ? {} : { shadowedBy }) } };
}

function checkPart(asked: z.infer<typeof setRequest>, bytes: Uint8Array): void {
  if (asked.parts > maxParts) throw new SealrunError("VALUE_TOO_LARGE", "");
  if (asked.part >= asked.parts || bytes.length > limits.fetchPartBytes || bytes.length > asked.size) {
    throw new SealrunError("MALFORMED", "Expected a part of the announced value at bytes");
  }
}

function placeOf(deps: Pick<RpcDeps, "platformId">, live: LiveAttempt, { scope }: SetRequest): Place {
  return scope === "project" ? { scope, ownerId: live.projectId } : { scope, ownerId: deps.platformId };
}

/** The sealing context of one part. A secret's name has no space, so no part can pass as a secret. */
function partContext(deps: Pick<RpcDeps, "platformId">, place: Place, { name, sha256, part }: SetRequest) {
  const { scope, ownerId } = place;
  const inner = { platformId: deps.platformId, scope, ownerId, name: `${name} ${sha256} ${part}` };
  return storedContext(secretContext(inner));
}

async function assemble(
  deps: RpcDeps,
  sql: Sql,
  { place, asked, last }: { readonly place: Place; readonly asked: SetRequest; readonly last: Uint8Array },
): Promise<Uint8Array> {
  const before = asked.parts === 1 ? [] : await takeParts(sql, asked);
  const opened = before.map(({ part, sealed }) =>
    openWithKey(deps.storageKey, partContext(deps, place, { ...asked, part }), sealed),
  );
  const envelope = concatBytes(...opened, last);
  if (before.length !== asked.parts - 1 || envelope.length !== asked.size || sha256Hex(envelope) !== asked.sha256) {
    throw new SealrunError("TAMPERED", "The parts do not add up to the announced value; set the value again");
  }
  return envelope;
}
