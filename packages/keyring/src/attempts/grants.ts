import {
  eventDataContext,
  fromBase64,
  grantContext,
  parametersContext,
  sealTo,
  secretContext,
  toBase64,
  wipe,
} from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import type { Database } from "@sealrun/postgres";
import {
  encodeJson,
  type Grant,
  type GrantedValue,
  type GrantItem,
  type GrantReply,
  type GrantRequest,
  type JsonObject,
  SealrunError,
} from "@sealrun/protocol";
import type { Tracer } from "@sealrun/telemetry";
import type { KeyringLog } from "../audit/log.ts";
import { recordRefusal } from "../audit/record-refusal.ts";
import type { KeyringMetrics } from "../metrics/keyring-metrics.ts";
import type { ScopeKeyDeps } from "../scope-keys/scope-keys.ts";
import { type AttemptKeys, loadAttemptKeys } from "./attempt-keys.ts";
import { deriveKeys, type KeyRequest } from "./derive-keys.ts";
import { type ExecutorFrame, openExecutorFrame } from "./executor-frame.ts";
import { type AllowedGrant, judgeGrant } from "./judge-grant.ts";
import { readClaims } from "./read-claims.ts";
import { addGrants, listGrants, type StoredGrant } from "./store.ts";

/** What answering for attempts needs. */
export interface AttemptDeps extends ScopeKeyDeps {
  readonly database: Database;
  readonly log: KeyringLog;
  /** Undefined while metrics are off. */
  readonly metrics?: KeyringMetrics | undefined;
  /** Undefined while tracing is off. */
  readonly tracer?: Tracer | undefined;
}

/** An item that may be granted, and the content of its grant. */
interface Allowed extends AllowedGrant {
  readonly kind: "allowed";
  readonly item: GrantItem;
  readonly content: Grant;
}
interface Refused {
  readonly kind: "refused";
  readonly item: GrantItem;
  readonly error: SealrunError;
}

/**
 * Grants attempts of one executor: to each the message keys of its values and the public keys it may seal with, boxed to
 * the executor that signed the claim. A verdict for each item; the grants and their audit rows are committed before the
 * answer. An item is refused with `NOT_ENROLLED`, `NO_GRANT`, `REPLAYED`, `KEY_NOT_FOUND`, `LOW_ORDER_KEY`,
 * `WRONG_KEY_OR_CONTEXT`; all of them with `NOT_ENROLLED` and the codes of signed frames.
 */
export async function answerGrant(deps: AttemptDeps, request: GrantRequest): Promise<GrantReply> {
  const startMs = Date.now();
  const { executorId, items } = request;
  const verdicts = await deps.database.transaction(async (sql) => {
    const ids = items.map(({ executionId }) => executionId);
    // Sent together, because none needs the answer of another; without the first the others do not count.
    const [claim, grants, keys] = await Promise.all([
      openExecutorFrame(sql, { executorId, executorFrame: request.frame }, { verb: "claim", lock: ids }),
      listGrants(sql, ids),
      loadAttemptKeys(sql, deps, items),
    ]);
    const judged = await judgeItems(deps, items, { claim, grants, keys });
    const allowed = judged.filter((verdict) => verdict.kind === "allowed");
    // What can fail comes before the commit, which travels with the grants.
    const boxed = judged.map((verdict) => (verdict.kind === "refused" ? verdict : boxGrant(deps, verdict, claim)));
    const granted = await sql.last(async () => {
      const added = addGrants(
        sql,
        executorId,
        allowed.map(({ item, isNew, requestId }) => ({ ...item, isNew, requestId, detail: describeGrant(item) })),
      );
      crashPoint("keyring.grant.before-commit");
      return added;
    });
    return boxed.map((verdict) =>
      verdict.kind === "refused" || granted.has(verdict.item.executionId) ? verdict : replayed(verdict.item),
    );
  });
  crashPoint("keyring.grant.after-commit");
  for (const verdict of verdicts) {
    const code = verdict.kind === "refused" ? verdict.error.code : undefined;
    deps.metrics?.grant(code);
    const { executionId, attempt, trace } = verdict.item;
    const fields = { "sealrun.execution.id": executionId, "sealrun.attempt": attempt };
    deps.tracer?.record({ name: "sealrun.grant", parent: trace, startMs, fields, code });
    if (verdict.kind === "refused") await noteRefused(deps, executorId, verdict);
  }
  return {
    ok: true,
    items: verdicts.map((verdict) => {
      const { executionId } = verdict.item;
      if (verdict.kind === "granted") return { executionId, ok: true, grant: verdict.grant };
      return { executionId, ok: false, error: { code: verdict.error.code, message: verdict.error.message } };
    }),
  };
}

/** What decides about the items of a request. */
interface Judged {
  readonly claim: ExecutorFrame;
  readonly grants: readonly StoredGrant[];
  readonly keys: AttemptKeys;
}

/** Everything that can refuse an item happens before the first write, so that a refused one leaves the others alone. */
async function judgeItems(
  deps: AttemptDeps,
  items: readonly GrantItem[],
  { claim, grants, keys }: Judged,
): Promise<readonly (Allowed | Refused)[]> {
  const claims = readClaims(claim.body);
  const now = Date.now();
  const verdicts: (Allowed | Refused)[] = [];
  for (const item of items) {
    const { executionId, packageId } = item;
    try {
      const allowed = judgeGrant(item, {
        executor: claim.executor,
        requestId: claims.get(executionId),
        project: keys.projectOf(packageId),
        grants: grants.filter((grant) => grant.executionId === executionId),
        now,
      });
      verdicts.push({ kind: "allowed", item, ...allowed, content: await makeGrant(deps, keys, item) });
    } catch (error) {
      if (!(error instanceof SealrunError) || error.row.retry || error.code === "INTERNAL") throw error;
      verdicts.push({ kind: "refused", item, error });
    }
  }
  return verdicts;
}

async function makeGrant(deps: AttemptDeps, keys: AttemptKeys, item: GrantItem): Promise<Grant> {
  const { values, eventData } = item;
  const wanted = requestsOf(deps, item);
  const found = [];
  for (const request of wanted) found.push({ ...request, key: await keys.keyOf(request) });
  const derived = deriveKeys(deps, found);
  const texts = derived.map((key) => toBase64(key));
  for (const key of derived) wipe(key);
  const keyAt = (index: number): string => texts[index] ?? "";
  const parameters = values.findIndex(({ kind }) => kind === "parameters");
  return {
    secrets: values.flatMap((value, index) =>
      value.kind === "secret" ? [{ name: value.name, key: keyAt(index) }] : [],
    ),
    ...(parameters === -1 ? {} : { parameters: keyAt(parameters) }),
    ...(eventData === undefined ? {} : { eventData: { id: eventData.id, key: keyAt(values.length) } }),
    keys: await keys.statementsOf(item),
  };
}

/** One request for each value, in their order, then one for the data of the event. */
function requestsOf(
  { platformId }: Pick<AttemptDeps, "platformId">,
  { packageId, projectId, values, eventData }: GrantItem,
): readonly KeyRequest[] {
  const owner = { scope: "service", ownerId: packageId } as const;
  const contextOf = (value: GrantedValue): KeyRequest["context"] =>
    value.kind === "secret"
      ? secretContext({ platformId, ...owner, name: value.name })
      : parametersContext({ platformId, packageId });
  const requests: KeyRequest[] = values.map((value) => ({
    owner,
    context: contextOf(value),
    prefix: fromBase64(value.prefix),
  }));
  if (eventData === undefined) return requests;
  const ofEvent: KeyRequest = {
    owner: { scope: "project", ownerId: projectId },
    context: eventDataContext({ platformId, projectId, eventId: eventData.id }),
    prefix: fromBase64(eventData.prefix),
  };
  return [...requests, ofEvent];
}

function boxGrant(deps: AttemptDeps, { item, content }: Allowed, { executor }: ExecutorFrame) {
  const { executionId, attempt } = item;
  const context = grantContext({ platformId: deps.platformId, executionId, attempt, executorId: executor.id });
  const bytes = encodeJson(content);
  const grant = toBase64(sealTo(executor.boxPublic, context, bytes));
  wipe(bytes);
  return { kind: "granted", item, grant } as const;
}

/** What the grant opens, for the audit. */
function describeGrant({ packageId, projectId, values, eventData }: GrantItem): JsonObject {
  return {
    package: packageId,
    project: projectId,
    opens: values.flatMap((value) => (value.kind === "secret" ? [value.name] : [])),
    ...(values.some(({ kind }) => kind === "parameters") ? { parameters: true } : {}),
    ...(eventData === undefined ? {} : { event: eventData.id }),
  };
}

function replayed(item: GrantItem): Refused {
  return { kind: "refused", item, error: new SealrunError("REPLAYED", "This claim was granted for another attempt") };
}

async function noteRefused(
  deps: AttemptDeps,
  executorId: GrantRequest["executorId"],
  { item, error }: Refused,
): Promise<void> {
  const { executionId, attempt } = item;
  deps.log.info({ verb: "grant", executionId, attempt, code: error.code }, "Refused");
  await recordRefusal(deps, { verb: "grant", asked: [{ executorId, executionId, attempt }], error });
}
