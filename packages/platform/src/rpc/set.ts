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
  SealrunError,
  setRequest,
  type SetReply,
  type SetRequest,
} from "@sealrun/protocol";
import type { z } from "zod";
import { findPresence } from "../secrets/lookup-store.ts";
import { fetchScopeKey, type Place } from "../secrets/scope-key.ts";
import { storeFromScript } from "../secrets/store-from-script.ts";
import { findSameBytes, type StoredVersion } from "../secrets/store.ts";
import {
  type ClaimedAttempt,
  type LiveAttempt,
  lockLiveAttempt,
  findLiveAttempt,
} from "../executions/attempt-store.ts";
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
 * value, if its digest and the key that sealed it are correct. The same sealed bytes are stored once: a request that
 * is sent again, by another sender too and to any platform, changes nothing and gets the answer of the first.
 * `LEASE_LOST`, `KEY_CHANGED`, `VALUE_TOO_LARGE`, `TAMPERED`.
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
      if ((await lockAndFind(sql, claimed, { place, asked })) !== undefined) return;
      if ((await countParts(sql, asked.executionId)) >= maxPartsUnderWay) {
        throw new SealrunError("RATE_LIMITED", "Too many values are being set at once; set them one after the other");
      }
      await keepPart(sql, asked, asked.part, sealWithKey(deps.storageKey, partContext(deps, place, asked), bytes));
    });
    return { ok: true };
  }
  const key = await fetchScopeKey(deps, place);
  const reply = await deps.database.transaction(async (sql): Promise<SetReply> => {
    const known = await lockAndFind(sql, claimed, { place, asked });
    if (known !== undefined) return storedReply(deps, sql, { live, asked, stored: known });
    const envelope = await assemble(deps, sql, { place, asked, last: bytes });
    const stored = await storeFromScript(deps, sql, {
      place,
      key,
      secret: { name: asked.name, envelope },
      executionId: asked.executionId,
      requestId: request.requestId,
    });
    const answer = await storedReply(deps, sql, { live, asked, stored });
    crashPoint("platform.set.before-commit");
    return answer;
  });
  crashPoint("platform.set.after-commit");
  return reply;
}

interface Asked {
  readonly place: Place;
  readonly asked: SetRequest;
}

/** The version that holds the value already; no other request stores it before the transaction ends. */
async function lockAndFind(
  sql: Sql,
  claimed: ClaimedAttempt,
  { place, asked }: Asked,
): Promise<StoredVersion | undefined> {
  const [, known] = await Promise.all([lockLiveAttempt(sql, claimed), findSameBytes(sql, place, asked)]);
  return known;
}

async function storedReply(
  { platformId }: Pick<RpcDeps, "platformId">,
  sql: Sql,
  {
    live,
    asked,
    stored: { id, version },
  }: Pick<Asked, "asked"> & { readonly live: LiveAttempt; readonly stored: StoredVersion },
): Promise<SetReply> {
  const presence = await findPresence(sql, { ...live, platformId }, asked.name);
  const shadowedBy = narrowerScopes(asked.scope).find((narrower) => presence[narrower]);
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
  { place, asked, last }: Asked & { readonly last: Uint8Array },
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
