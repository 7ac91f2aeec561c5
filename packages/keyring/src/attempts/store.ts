import type { Sql } from "@sealrun/postgres";
import { insertAudit } from "../audit/store.ts";
import {
  type AttemptRef,
  executionId,
  type ExecutionId,
  executorId,
  type ExecutorId,
  type JsonObject,
  packageId,
  type PackageId,
  projectId,
  type ProjectId,
} from "@sealrun/protocol";
import { z } from "zod";

const grantRow = z
  .object({
    execution_id: executionId,
    attempt: z.number().int(),
    executor_id: executorId,
    package_id: packageId,
    project_id: projectId,
    request_id: z.string(),
    is_live: z.boolean(),
  })
  .transform((row) => ({
    executionId: row.execution_id,
    attempt: row.attempt,
    executorId: row.executor_id,
    packageId: row.package_id,
    projectId: row.project_id,
    requestId: row.request_id,
    isLive: row.is_live,
  }));
/** A granted attempt. */
export type StoredGrant = z.infer<typeof grantRow>;

const columns = `execution_id, attempt, executor_id, package_id, project_id, request_id,
  ended_at is null and ends_at > clock_timestamp() as is_live`;

/** A grant to record, with what its audit row says. */
export interface GrantToAdd {
  readonly executionId: ExecutionId;
  readonly attempt: number;
  readonly packageId: PackageId;
  readonly projectId: ProjectId;
  /** Id of the executor's claim. */
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
  /** False for a grant that is sent again: it only gets an audit row. */
  readonly isNew: boolean;
  readonly detail: JsonObject;
}

/**
 * All grants of these executions. Lock the executions first, in a statement of its own: this one must see what was
 * committed while that one waited.
 */
export async function listGrants(sql: Sql, ids: readonly ExecutionId[]): Promise<StoredGrant[]> {
  const text = `select ${columns} from grants where execution_id = any ($1::text[]) order by execution_id, attempt`;
  return sql.rows(grantRow, text, [ids]);
}

/** The grant of one attempt, live or not. */
export async function findGrant(sql: Sql, id: ExecutionId, attempt: number): Promise<StoredGrant | undefined> {
  const text = `select ${columns} from grants where execution_id = $1 and attempt = $2`;
  return sql.row(grantRow, text, [id, attempt]);
}

/**
 * Records grants of one executor with their audit rows, and ends those of earlier attempts. Returns the executions that
 * are granted now: all but those whose claim was granted for another attempt before.
 */
export async function addGrants(
  sql: Sql,
  executor: ExecutorId,
  grants: readonly GrantToAdd[],
): Promise<ReadonlySet<ExecutionId>> {
  if (grants.length === 0) return new Set();
  const rows = await sql.rows(
    z.object({ execution_id: executionId }),
    `with given as (
       select * from unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bool[], $9::jsonb[])
         as given (execution_id, attempt, package_id, project_id, request_id, ends_at, is_new, detail)),
     added as (
       insert into grants (execution_id, attempt, executor_id, package_id, project_id, request_id, ends_at)
       select execution_id, attempt, $1, package_id, project_id, request_id, ends_at from given where is_new
       on conflict (executor_id, request_id) do nothing returning execution_id, attempt),
     ended as (
       update grants g set ends_at = least(g.ends_at, clock_timestamp()) from added a
       where g.execution_id = a.execution_id and g.attempt < a.attempt),
     granted as (
       select * from given where not is_new or execution_id in (select execution_id from added))
     ${insertAudit} select 'grant', $1, execution_id, attempt, detail from granted returning execution_id`,
    [
      executor,
      grants.map((grant) => grant.executionId),
      grants.map((grant) => grant.attempt),
      grants.map((grant) => grant.packageId),
      grants.map((grant) => grant.projectId),
      grants.map((grant) => grant.requestId),
      grants.map((grant) => new Date(grant.endsAt)),
      grants.map((grant) => grant.isNew),
      grants.map((grant) => JSON.stringify(grant.detail)),
    ],
  );
  return new Set(rows.map((row) => row.execution_id));
}

/**
 * Ends grants, each with its audit row; nothing of an attempt without one, or whose grant has already ended. They are
 * locked in the order of their ids.
 */
export async function endGrants(sql: Sql, attempts: readonly AttemptRef[]): Promise<void> {
  await sql.run(
    `with open as (
       select g.execution_id, g.attempt from grants g
         join unnest($1::text[], $2::int[]) as given (execution_id, attempt) using (execution_id, attempt)
       where g.ended_at is null order by g.execution_id, g.attempt for update of g),
     ended as (
       update grants g set ended_at = clock_timestamp() from open
       where g.execution_id = open.execution_id and g.attempt = open.attempt
       returning g.executor_id, g.execution_id, g.attempt)
     ${insertAudit} select 'end', executor_id, execution_id, attempt, '{}' from ended order by execution_id, attempt`,
    [attempts.map((one) => one.executionId), attempts.map(({ attempt }) => attempt)],
  );
}

/**
 * Deletes grants that ended more than this long ago, at most `limit`; returns how many. Every signed claim is too old to
 * be granted again long before, and the audit stays.
 */
export async function deleteOldGrants(
  sql: Sql,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<number> {
  return sql.run(
    `delete from grants where ctid = any (array(
       select ctid from grants where ends_at < now() - $1 * interval '1 day'
       order by ends_at limit $2 for update skip locked))`,
    [days, limit],
  );
}
