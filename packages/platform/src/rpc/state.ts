import { crashPoint } from "@sealrun/faults";
import {
  checkEnvelopeForm,
  fromBase64,
  openWithKey,
  readEnvelope,
  toHex,
  sealWithKey,
  sha256Hex,
  stateContext,
  storedContext,
  toBase64,
} from "@sealrun/crypto";
import {
  decodeOfAttempt,
  limits,
  type PackageId,
  SealrunError,
  type StateReply,
  stateRequest,
} from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import { fetchScopeKey } from "../secrets/scope-key.ts";
import { findLiveAttempt, type LiveAttempt, lockLiveAttempt } from "../executions/attempt-store.ts";
import { putState, readState } from "../executions/state-store.ts";
import { askMessageKeys } from "../keyring/ask-keyring.ts";
import { executorRequester, type ExecutorRequest, type RpcDeps } from "../executors/executor-request.ts";

/** Sealed bytes in one page: in base64, together with the keys, it stays well below one message. */
const pageBytes = 256 * 1024;
const pageEntries = 500;
/** The maximum number of keys that one audit row names; the rest is only counted. */
const maxNamed = 100;

/**
 * Reads or writes the state of the attempt's package. A read returns one page of sealed values with their message keys;
 * a write adds the outer layer to one value; sent again, to whichever platform, it changes nothing. `LEASE_LOST`, `KEY_CHANGED`, `VALUE_TOO_LARGE`, and the keyring's
 * refusals.
 */
export async function answerState(deps: RpcDeps, request: ExecutorRequest): Promise<StateReply> {
  const asked = decodeOfAttempt(stateRequest, request);
  const claimed = { executionId: asked.executionId, attempt: asked.attempt, executorId: request.executorId };
  const live = await findLiveAttempt(deps.database, claimed);
  if (asked.op === "get") return get(deps, request, { ...claimed, live, after: asked.after });
  const { key } = asked;
  if (key.includes("\0") || !key.isWellFormed()) {
    throw new SealrunError("NAME_NOT_ALLOWED", "A state key is well-formed text without the NUL character");
  }
  const envelope = fromBase64(asked.envelope);
  await checkSealedValue(deps, live, envelope);
  const sealed = sealWithKey(deps.storageKey, contextOf(deps, live.packageId, key), envelope);
  await deps.database.transaction(async (sql) => {
    const put = {
      key,
      sealed,
      sha256: sha256Hex(envelope),
      requester: executorRequester(request),
      attempt: asked.attempt,
    };
    // They travel together; of an attempt that has ended all is rolled back.
    await Promise.all([lockLiveAttempt(sql, claimed), putState(sql, live.packageId, put)]);
  });
  crashPoint("platform.state.after-commit");
  return { ok: true };
}

interface Asked {
  readonly executionId: Parameters<typeof askMessageKeys>[2]["executionId"];
  readonly attempt: number;
  readonly live: LiveAttempt;
  readonly after: string | undefined;
}

async function get(
  deps: RpcDeps,
  request: ExecutorRequest,
  { executionId, attempt, live, after }: Asked,
): Promise<StateReply> {
  const rows = await readState(deps.database, live.packageId, { after, limit: pageEntries });
  const page: { readonly key: string; readonly envelope: Uint8Array }[] = [];
  let leftBytes = pageBytes;
  for (const { key, sealed } of rows) {
    if (page.length > 0 && sealed.length > leftBytes) break;
    leftBytes -= sealed.length;
    page.push({ key, envelope: openWithKey(deps.storageKey, contextOf(deps, live.packageId, key), sealed) });
  }
  const named = page.slice(0, maxNamed).map(({ key }) => key);
  const detail = { attempt, execution: executionId, count: page.length, keys: named };
  await recordAudit(deps.database, {
    requester: executorRequester(request),
    action: "state.get",
    object: live.packageId,
    detail,
  });
  if (page.length === 0) return { ok: true, entries: [] };
  const keys = await askMessageKeys(deps, request, {
    executionId,
    attempt,
    entries: page.map(({ key, envelope }) => ({
      kind: "state",
      key,
      prefix: toBase64(readEnvelope(envelope).prefix),
    })),
  });
  const isWhole = page.length === rows.length && rows.length < pageEntries;
  const next = isWhole ? undefined : page.at(-1)?.key;
  return {
    ok: true,
    entries: page.map(({ key, envelope }) => ({ key, envelope: toBase64(envelope) })),
    keys,
    ...(next === undefined ? {} : { next }),
  };
}

async function checkSealedValue(deps: RpcDeps, live: LiveAttempt, envelope: Uint8Array): Promise<void> {
  const form = checkEnvelopeForm(envelope, limits.stateValueBytes);
  if (form.kind === "too-large") throw new SealrunError("VALUE_TOO_LARGE", "");
  // The keyring is asked only for an envelope that may be stored.
  const place = { scope: "service", ownerId: live.packageId, projectId: live.projectId } as const;
  const isToOwnKey = form.kind === "valid" && toHex(form.parts.keyId) === (await fetchScopeKey(deps, place)).keyId;
  if (!isToOwnKey) throw new SealrunError("KEY_CHANGED", "");
}

function contextOf(deps: Pick<RpcDeps, "platformId">, packageId: PackageId, key: string) {
  return storedContext(stateContext({ platformId: deps.platformId, packageId, key }));
}
