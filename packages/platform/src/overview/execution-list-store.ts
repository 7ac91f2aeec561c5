import type { Sql } from "@sealrun/postgres";
import {
  type ConnectionRow,
  executionId,
  type ExecutionId,
  executionStatus,
  failure,
  jsonObject,
  type PackageId,
  masking,
  networkForm,
  type ReceiptRow,
  readOutcome,
  sandboxLevel,
  scope,
  trigger,
} from "@sealrun/protocol";
import { z } from "zod";
import { executionNotFound } from "../executions/store.ts";
import type { ExecutionFilter } from "./execution-filter.ts";
import { filterValues, isWanted } from "./execution-filter-store.ts";

const summaryRow = z
  .object({
    id: executionId,
    number: z.string(),
    project: z.string(),
    package: z.string(),
    version: z.number(),
    status: executionStatus,
    created_at: z.date(),
    started_at: z.date().nullable(),
    finished_at: z.date().nullable(),
    trigger,
    executor: z.string().nullable(),
    error: failure.nullable(),
  })
  .transform(({ created_at, started_at, finished_at, ...row }) => ({
    ...row,
    createdAt: created_at.toISOString(),
    startedAt: started_at?.toISOString() ?? null,
    finishedAt: finished_at?.toISOString() ?? null,
  }));
/** An execution as lists show it; its number is the cursor of the next page. */
export type ListedExecution = z.infer<typeof summaryRow>;

const detailRow = z.object({
  attempt: z.number(),
  visible: jsonObject,
  sealed_names: z.array(z.string()),
  priority: z.number(),
  not_before: z.date().nullable(),
  cancel_requested: z.boolean(),
  network: networkForm.nullable().catch(null),
});

const attemptRow = z
  .object({
    attempt: z.number(),
    executor_id: z.string(),
    claimed_at: z.date(),
    ended_as: z.enum(["finished", "lost", "given-back", "released"]).nullable(),
    reason: failure.nullable(),
    sandbox: sandboxLevel.nullable(),
  })
  .transform(({ executor_id, claimed_at, ended_as, ...row }) => ({
    ...row,
    executor: executor_id,
    claimedAt: claimed_at.toISOString(),
    end: ended_as,
  }));

/** Every attempt of an execution, the first one first. */
export async function listAttempts(sql: Sql, id: ExecutionId): Promise<readonly z.infer<typeof attemptRow>[]> {
  return sql.rows(
    attemptRow,
    "select attempt, executor_id, claimed_at, ended_as, reason, sandbox from attempts where execution_id = $1 order by attempt",
    [id],
  );
}

const summaryColumns = `e.id, e.number, p.name as project, k.name as package, v.number as version, e.status,
  e.created_at, e.started_at, e.finished_at, e.trigger, e.executor_id as executor, e.error`;
const joined = `executions e join projects p on p.id = e.project_id join packages k on k.id = e.package_id
  join versions v on v.id = e.version_id`;

/** Executions, newest first, before the one of number `before`. */
export async function listExecutions(
  sql: Sql,
  filter: ExecutionFilter,
  page: { readonly limit: number; readonly before?: string | undefined },
): Promise<readonly ListedExecution[]> {
  return sql.rows(
    summaryRow,
    `select ${summaryColumns} from ${joined}
     where ${isWanted} and ($10::bigint is null or e.number < $10::bigint) order by e.number desc limit $11`,
    [...filterValues(filter), page.before ?? null, page.limit],
  );
}

/**
 * The condition and order of a package's executions in a lateral join to `packages k`. With `package_id = k.id`
 * PostgreSQL drops the constant from the order and may choose the index of all numbers: for a package that never ran it
 * then reads every execution. A range keeps the constant in the order, which only `executions_package` has.
 */
export const ofPackageNewestFirst = "package_id between k.id and k.id order by package_id desc, number desc";

/** The last executions of each of these packages, at most `maxEach` of one package; newest first. */
export async function listRecent(
  sql: Sql,
  packages: readonly PackageId[],
  maxEach: number,
): Promise<readonly ListedExecution[]> {
  return sql.rows(
    summaryRow,
    `select ${summaryColumns} from packages k cross join lateral (
       select * from executions where ${ofPackageNewestFirst} limit $2) e
       join projects p on p.id = e.project_id join versions v on v.id = e.version_id
     where k.id = any ($1) order by e.number desc`,
    [packages, maxEach],
  );
}

/** One execution with what a list does not show; `EXECUTION_NOT_FOUND`. */
export async function getExecution(
  sql: Sql,
  id: ExecutionId,
): Promise<{ readonly summary: ListedExecution; readonly detail: z.infer<typeof detailRow> }> {
  const summary = await sql.row(summaryRow, `select ${summaryColumns} from ${joined} where e.id = $1`, [id]);
  const detail = await sql.row(
    detailRow,
    `select e.attempt, e.visible, e.sealed_names, e.priority, e.not_before,
            e.cancel_requested_at is not null as cancel_requested, coalesce(a.network, v.network_form, case when a.attempt is not null then 'host' end) as network
     from executions e join versions v on v.id = e.version_id
       left join attempts a on a.execution_id = e.id and a.attempt = e.attempt where e.id = $1`,
    [id],
  );
  if (summary !== undefined && detail !== undefined) return { summary, detail };
  throw executionNotFound(id);
}

const receiptRow = z
  .object({
    name: z.string(),
    scope: scope.nullable(),
    version: z.number().nullable(),
    step: z.string(),
    attempt: z.number().nullable(),
    outcome: readOutcome,
    masking: masking.nullable(),
    at: z.date(),
  })
  .transform(({ at, ...row }) => ({ ...row, time: at.toISOString() }));

/** The names that an execution asked for, in that order. */
export async function listReceipt(sql: Sql, id: ExecutionId): Promise<readonly ReceiptRow[]> {
  return sql.rows(
    receiptRow,
    `select r.name, r.scope, r.version, s.name as step, r.attempt, r.outcome, r.masking, r.at
     from receipts r join execution_steps s on s.execution_id = r.execution_id and s.position = r.step
     where r.execution_id = $1 order by r.number`,
    [id],
  );
}

const connectionColumns = z
  .object({
    host: z.string(),
    port: z.number(),
    address: z.string().nullable(),
    outcome: z.enum(["connected", "refused", "failed"]),
    reason: z.string().nullable(),
    connections: z.coerce.number(),
    sent_bytes: z.coerce.number(),
    received_bytes: z.coerce.number(),
    step: z.string(),
    attempt: z.number(),
    at: z.date(),
  })
  .transform(({ at, sent_bytes, received_bytes, ...row }) => ({
    ...row,
    sentBytes: sent_bytes,
    receivedBytes: received_bytes,
    time: at.toISOString(),
  }));

/** What the scripts of an execution were connected to, in the order in which it was reported. */
export async function listConnections(sql: Sql, id: ExecutionId): Promise<readonly ConnectionRow[]> {
  return sql.rows(
    connectionColumns,
    `select c.host, c.port, c.address, c.outcome, c.reason, c.connections, c.sent_bytes, c.received_bytes,
            s.name as step, c.attempt, c.at
     from connections c join execution_steps s on s.execution_id = c.execution_id and s.position = c.step
     where c.execution_id = $1 order by c.number`,
    [id],
  );
}
