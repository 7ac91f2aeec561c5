import type { Sql } from "@sealrun/postgres";
import {
  executionId,
  type ExecutionId,
  type JsonObject,
  type PackageId,
  type ProjectId,
  type Trigger,
} from "@sealrun/protocol";
import { z } from "zod";
import { recordAuditsFrom } from "../audit/store.ts";
import type { Requester } from "../deps.ts";
import { insertExecutionsFrom } from "../executions/store.ts";
import { addToOutboxFrom } from "../outbox/store.ts";
import { feedChannel, outboxChannel, poolPayload } from "../postgres/channels.ts";
import { type KeyedRequest, takeKeyFrom } from "./idempotency-store.ts";

/** A new execution, as it is stored. */
export interface NewExecution {
  readonly id: ExecutionId;
  readonly projectId: ProjectId;
  readonly packageId: PackageId;
  readonly versionId: string;
  readonly poolName: string;
  readonly priority: number;
  readonly notBefore: Date | undefined;
  readonly trigger: Trigger;
  readonly onLost: "fail" | "rerun";
  readonly visible: JsonObject;
  /** The sealed parameters, under the outer layer as well. */
  readonly sealed: Uint8Array | null;
  readonly sealedNames: readonly string[];
  readonly steps: readonly { readonly script: string; readonly name: string }[];
  readonly requester: Requester;
  /** The span of the request, as `traceparent`; null while tracing is off. */
  readonly trace: string | null;
  /** What the audit says of the start; never a value. */
  readonly detail: JsonObject;
}

/**
 * Stores executions in this order with their steps, audit rows and outbox rows, and notifies dispatchers and live
 * streams, in one statement: also outside a transaction all of it is stored, or nothing. Returns the stored ids: none
 * when the key of `request` is in use.
 */
export async function insertStarted(
  sql: Sql,
  made: readonly NewExecution[],
  request?: KeyedRequest,
): Promise<readonly ExecutionId[]> {
  const steps = made.flatMap((one) => one.steps.map((step, position) => ({ ...step, position, id: one.id })));
  const stored = await sql.row(z.object({ ids: z.array(executionId) }), startText, [
    made.map(({ id }) => id),
    made.map(({ projectId }) => projectId),
    made.map(({ packageId }) => packageId),
    made.map(({ versionId }) => versionId),
    made.map(({ poolName }) => poolName),
    made.map(({ visible }) => JSON.stringify(visible)),
    made.map(({ sealed }) => sealed),
    made.map(({ sealedNames }) => JSON.stringify(sealedNames)),
    made.map(({ priority }) => priority),
    made.map(({ notBefore }) => notBefore?.toISOString() ?? null),
    made.map(({ trigger }) => JSON.stringify(trigger)),
    made.map(({ onLost }) => onLost),
    made.map(({ requester }) => requester.name),
    made.map(({ requester }) => requester.requestId),
    made.map(({ detail }) => JSON.stringify(detail)),
    steps.map(({ id }) => id),
    steps.map(({ position }) => position),
    steps.map(({ script }) => script),
    steps.map(({ name }) => name),
    request?.actor ?? null,
    request?.key ?? null,
    request?.sha256 ?? null,
    made.map(({ trace }) => trace),
  ]);
  return stored?.ids ?? [];
}

/*
 * Each part is the text of the store whose table it writes. They do not see each other's rows: what one needs of
 * another it takes from what that one returns. The notifications are sent with the commit.
 */
const startText = `
with keyed as (${takeKeyFrom(`(
       select $20::text as actor, $21::text as key, $22::text as request_sha256, ($1::text[])[1] as execution_id
       where $21::text is not null) asked`)}
), given as (
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::json[], $7::bytea[],
                       $8::json[], $9::int[], $10::timestamptz[], $11::json[], $12::text[], $13::text[], $14::text[],
                       $15::json[], $23::text[]) with ordinality
    as given (id, project_id, package_id, version_id, pool_name, visible, sealed,
              sealed_names, priority, not_before, trigger, on_lost, actor, request_id, detail, trace, place)
  where $21::text is null or exists (select from keyed)
), made as (${insertExecutionsFrom("given")}
), stepped as (
  insert into execution_steps (execution_id, position, script, name)
  select step.execution_id, step.position, step.script, step.name
  from unnest($16::text[], $17::int[], $18::text[], $19::text[]) as step (execution_id, position, script, name)
    join made on made.id = step.execution_id
), recorded as (${recordAuditsFrom(`(
    select actor, 'execution.start' as action, id as object, detail, request_id, place from given) started`)}
), queued as (${addToOutboxFrom("made")}
  returning pool, is_due
)
select array(select id from made order by number) as ids,
       (select count(pg_notify('${feedChannel}', id)) from made) as told,
       (select count(pg_notify('${outboxChannel}', ring.payload)) from (
          select distinct case when is_due then ${poolPayload("pool")} else '' end as payload from queued) ring) as rung`;
