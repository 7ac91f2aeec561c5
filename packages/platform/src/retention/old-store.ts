import type { Sql } from "@sealrun/postgres";
import { executionId, type ExecutionId, projectId, type ProjectId } from "@sealrun/protocol";
import { z } from "zod";

const overdueRow = z
  .object({
    project_id: projectId,
    executions_days: z.number(),
    logs_days: z.number(),
    rule: z.enum(["platform", "project"]),
  })
  .transform((row) => ({
    projectId: row.project_id,
    executionsDays: row.executions_days,
    logsDays: row.logs_days,
    rule: row.rule,
  }));
/** A project in which something is older than a limit, with its limits and whose they are. */
export type Overdue = z.infer<typeof overdueRow>;

/**
 * Makes statements read indexes in their order until the transaction ends, whatever PostgreSQL knows of the tables: after
 * many rows came or went it would otherwise read all of them to sort a few.
 */
export async function preferIndexes(sql: Sql): Promise<void> {
  await sql.run(
    "select set_config(name, 'off', true) from unnest(array['enable_sort', 'enable_seqscan', 'enable_bitmapscan']) as given (name)",
  );
}

/**
 * The projects in which something is older than a limit: one question, which reads the oldest entry of an index for
 * each. None while the platform is held, and in the first day after a database got its limits.
 */
export async function listOverdue(sql: Sql): Promise<readonly Overdue[]> {
  return sql.rows(
    overdueRow,
    `select p.id as project_id, l.executions_days, l.logs_days,
            case when p.executions_days is null then 'platform' else 'project' end as rule
     from installation i cross join projects p cross join lateral (
       select coalesce(p.executions_days, i.executions_days) as executions_days,
              coalesce(p.logs_days, i.logs_days) as logs_days) l
     cross join lateral (
       select now() - l.executions_days * interval '1 day' as executions, now() - l.logs_days * interval '1 day' as logs) c
     where i.held_at is null and i.deletes_from <= now() and (
       l.logs_days > 0
         and (select min(finished_at) from executions where project_id = p.id and has_log) < c.logs
       or l.executions_days > 0 and (
         (select min(finished_at) from executions where project_id = p.id and not has_log) < c.executions
         or (select min(created_at) from events where project_id = p.id) < c.executions
         or exists (select from packages k cross join lateral (
                      select min(ended_at) as ended_at from schedules where package_id = k.id) s
                    where k.project_id = p.id and s.ended_at < c.executions)))
     order by p.id`,
  );
}

/** False when another platform deletes; true keeps the others out until the transaction ends. */
export async function tryAlone(sql: Sql): Promise<boolean> {
  const row = await sql.row(
    z.object({ is_alone: z.boolean() }),
    "select pg_try_advisory_xact_lock(hashtextextended('sealrun retention', 0)) as is_alone",
  );
  return row?.is_alone === true;
}

/** Which finished executions to take: with or without their log, older than this, at most so many. */
export interface Finished {
  readonly projectId: ProjectId;
  readonly hasLog: boolean;
  readonly days: number;
  readonly limit: number;
}

/**
 * Locks finished executions of a project, the oldest first. One whose reports are awaited, or whose grant the keyring has
 * not ended, is left for later, and so is one that another transaction works on.
 */
export async function lockFinished(sql: Sql, of: Finished): Promise<readonly ExecutionId[]> {
  const rows = await sql.rows(
    z.object({ id: executionId }),
    `select e.id from executions e
     where e.project_id = $1 and e.has_log = $2 and e.finished_at < now() - $3 * interval '1 day'
       and e.reports is distinct from 'awaited'
       and (select true from attempts a where a.execution_id = e.id and a.ended_at is not null and a.grant_ended_at is null
            limit 1) is null
     order by e.project_id, e.has_log, e.finished_at limit $4 for update of e skip locked`,
    [of.projectId, of.hasLog, of.days, of.limit],
  );
  return rows.map(({ id }) => id);
}

/**
 * Stores that the logs of these executions were deleted, and by which limit, and deletes the results of their steps.
 * With `isLeft` some lines are still stored: they count as deleted, and `lockFinished` finds the executions again.
 */
export async function noteLogsDeleted(
  sql: Sql,
  ids: readonly ExecutionId[],
  by: { readonly days: number; readonly rule: Overdue["rule"]; readonly isLeft: boolean },
): Promise<void> {
  await sql.run(
    `with results as (
       update execution_steps set result = null where execution_id = any ($1) and result is not null)
     update executions set has_log = $4, log_deleted_at = coalesce(log_deleted_at, now()),
       log_deleted_days = coalesce(log_deleted_days, $2), log_deleted_by = coalesce(log_deleted_by, $3)
     where id = any ($1) and (log_deleted_at is null or has_log <> $4)`,
    [ids, by.days, by.rule, by.isLeft],
  );
}

/**
 * Deletes finished executions and everything that refers to them, except their feed, which is empty. The audit stays, and
 * so do events that they sent, which other executions may have been started by.
 */
export async function deleteExecutions(sql: Sql, ids: readonly ExecutionId[]): Promise<void> {
  await sql.run(
    `with receipts_gone as (delete from receipts where execution_id = any ($1)),
       connections_gone as (delete from connections where execution_id = any ($1)),
       chunks as (delete from report_chunks where execution_id = any ($1)),
       steps as (delete from execution_steps where execution_id = any ($1)),
       attempts_gone as (delete from attempts where execution_id = any ($1)),
       parts as (delete from set_parts where execution_id = any ($1)),
       keys as (delete from idempotency_keys where execution_id = any ($1)),
       due_times as (delete from schedule_runs where execution_id = any ($1)),
       started as (delete from event_runs where execution_id = any ($1)),
       sent as (update events set execution_id = null where execution_id = any ($1))
     delete from executions where id = any ($1)`,
    [ids],
  );
}

/** What is older than a limit in a project, and how much of it to take at once. */
export interface Older {
  readonly projectId: ProjectId;
  readonly days: number;
  readonly limit: number;
}

/** Deletes old events that no stored execution was started by or has sent; returns how many. */
export async function deleteEvents(sql: Sql, of: Older): Promise<number> {
  return sql.run(
    `delete from events where id = any (array(
       select v.id from events v
       where v.project_id = $1 and v.created_at < now() - $2 * interval '1 day' and v.execution_id is null
         and (select true from event_runs r where r.event_id = v.id limit 1) is null
         and (select true from executions e
              where e.trigger ->> 'kind' = 'event' and e.trigger ->> 'eventId' = v.id limit 1) is null
       order by v.project_id, v.created_at limit $3 for update of v skip locked))`,
    [of.projectId, of.days, of.limit],
  );
}

/** Deletes schedules that ended long ago and started no stored execution; returns how many. */
export async function deleteSchedules(sql: Sql, of: Older): Promise<number> {
  return sql.run(
    `delete from schedules where id = any (array(
       select s.id from packages k join schedules s on s.package_id = k.id
       where k.project_id = $1 and s.ended_at < now() - $2 * interval '1 day'
         and (select true from schedule_runs r where r.schedule_id = s.id limit 1) is null
       limit $3 for update of s skip locked))`,
    [of.projectId, of.days, of.limit],
  );
}
