import type { Sql } from "@sealrun/postgres";
import {
  type AttemptRef,
  executionId,
  type ExecutionId,
  type ExecutorId,
  type JsonObject,
  limits,
  networkForm,
  type NetworkForm,
  projectName,
  sandboxLevel,
  type SandboxLevel,
} from "@sealrun/protocol";
import { z } from "zod";
import { recordAuditsFrom } from "../audit/store.ts";
import type { Requester } from "../deps.ts";
import { networkOf, offersNetwork, seeExecutor } from "../executors/store.ts";
import { addBlocksFrom, blockValues, type FeedEntry, packFeeds } from "../feed/feed-store.ts";
import { feedChannel } from "../postgres/channels.ts";

const claimedRow = z
  .object({
    execution_id: executionId,
    is_own_pool: z.boolean(),
    network: networkForm.catch("none"),
    is_network_offered: z.boolean(),
    attempt: z.number().nullable(),
    is_live: z.boolean().nullable(),
    project: projectName,
    min_sandbox: sandboxLevel,
  })
  .transform(({ execution_id, is_own_pool, network, is_network_offered, attempt, is_live, project, min_sandbox }) => ({
    executionId: execution_id,
    isOwnPool: is_own_pool,
    /** What its scripts get, which this executor may not offer. */
    network,
    isNetworkOffered: is_network_offered,
    project,
    minSandbox: min_sandbox,
    before: attempt === null ? undefined : { attempt, isLive: is_live === true },
  }));

/**
 * Whether the executions that an executor claims wait for its pool and ask for a network that it enforces, the sandbox
 * that their projects require, and the
 * attempts that the same claims got before, by execution.
 */
export async function findClaimed(
  sql: Sql,
  executor: ExecutorId,
  claims: readonly { readonly executionId: ExecutionId; readonly requestId: string }[],
): Promise<ReadonlyMap<ExecutionId, z.infer<typeof claimedRow>>> {
  const found = await sql.rows(
    claimedRow,
    `select e.id as execution_id, lower(e.pool_name) = lower(p.name) as is_own_pool, a.attempt,
       ${networkOf} as network, ${offersNetwork} as is_network_offered,
       a.lease_until > clock_timestamp() as is_live, g.name as project, g.min_sandbox
     from executors x join pools p on p.id = x.pool_id
       cross join unnest($2::text[], $3::text[]) as claim (execution_id, request_id)
       join executions e on e.id = claim.execution_id join versions v on v.id = e.version_id
       join projects g on g.id = e.project_id
       left join attempts a on a.execution_id = e.id and a.request_id = claim.request_id and a.executor_id = x.id
     where x.id = $1`,
    [executor, claims.map((one) => one.executionId), claims.map(({ requestId }) => requestId)],
  );
  return new Map(found.map((claim) => [claim.executionId, claim]));
}

/** An attempt that starts with a claim. */
export interface StartedAttempt extends AttemptRef {
  /** The execution waits in the queue; otherwise the attempt runs already. */
  readonly isQueued: boolean;
  readonly network: NetworkForm;
  /** The executor, and the id of its claim. */
  readonly requester: Requester;
  /** What the audit says of the claim. */
  readonly detail: JsonObject;
}

const running: readonly FeedEntry[] = [{ kind: "status", body: { status: "running" } }];

/**
 * Gives one executor attempts with fresh leases on the database's clock, sets their queued executions to `running`, also
 * in their feeds, and stores that the executor was seen and what it claimed: one statement, whose parts write different
 * tables. An attempt that it has had under the same claim starts again, ended or not. Small blocks of the feeds are
 * merged by a later report. The caller holds the executions.
 */
export async function startAttempts(
  sql: Sql,
  executor: { readonly id: ExecutorId; readonly sandbox: SandboxLevel | undefined },
  started: readonly StartedAttempt[],
): Promise<void> {
  const queued = started.filter(({ isQueued }) => isQueued);
  const feeds = packFeeds(queued.map(({ executionId: id }) => ({ id, entries: running })));
  await sql.run(
    `with given as (
       select * from unnest($3::text[], $4::int[], $5::bool[], $6::text[], $7::text[], $8::json[], $18::text[]) with ordinality
         as given (execution_id, attempt, is_queued, actor, request_id, detail, network, place)),
     running as (
       update executions e set status = 'running', attempt = given.attempt, executor_id = $1,
         started_at = coalesce(e.started_at, clock_timestamp()), cursor = e.cursor + ${running.length}
       from given where e.id = given.execution_id and given.is_queued returning e.id, e.cursor),
     told as (${addBlocksFrom("running as moved", 9)}),
     seen as (${seeExecutor}),
     noted as (${recordAuditsFrom("(select *, 'execution.claim' as action, execution_id as object from given) claimed")}),
     leased as (
       insert into attempts as known (execution_id, attempt, executor_id, request_id, lease_until, sandbox, network)
       select execution_id, attempt, $1, request_id, clock_timestamp() + $2 * interval '1 millisecond', $17::text, network from given
       on conflict (execution_id, attempt) do update set lease_until = excluded.lease_until, ended_at = null, ended_as = null,
         network = excluded.network
       where known.executor_id = excluded.executor_id and known.request_id = excluded.request_id)
     select count(pg_notify($16, id)) from running`,
    [
      executor.id,
      limits.leaseMs,
      started.map((one) => one.executionId),
      started.map(({ attempt }) => attempt),
      started.map(({ isQueued }) => isQueued),
      started.map(({ requester }) => requester.name),
      started.map(({ requester }) => requester.requestId),
      started.map(({ detail }) => JSON.stringify(detail)),
      ...blockValues(feeds),
      feedChannel,
      executor.sandbox ?? null,
      started.map(({ network }) => network),
    ],
  );
}
