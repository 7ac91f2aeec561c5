import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, packageId, projectId, scheduleId, type ScheduleId } from "@sealrun/protocol";
import { z } from "zod";
import { isHeld } from "../hold/store.ts";
import { insertRows } from "../postgres/insert-rows.ts";
import { missedPolicy, ruleOf } from "./store.ts";

const dueRow = z
  .object({
    id: scheduleId,
    project_id: projectId,
    package_id: packageId,
    current_version: z.number(),
    cron: z.string().nullable(),
    timezone: z.string().nullable(),
    missed: missedPolicy,
    sealed: z.instanceof(Uint8Array).nullable(),
    sealed_names: z.array(z.string()),
    next_at: z.date(),
    resumed_at: z.date().nullable(),
    unknown_until: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    projectId: row.project_id,
    packageId: row.package_id,
    currentVersion: row.current_version,
    rule: ruleOf(row),
    missed: row.missed,
    sealed: row.sealed,
    sealedNames: row.sealed_names,
    dueAt: row.next_at,
    /** When the last hold of the platform ended. */
    resumedAt: row.resumed_at,
    /** Due times before this may have run already: the database was restored from a backup. */
    unknownUntil: row.unknown_until,
  }));
/** A schedule whose due time has come. */
export type DueSchedule = z.infer<typeof dueRow>;

/** Which due schedules to lock: any, or these; at most `limit`. */
export interface DueFilter {
  readonly ids?: readonly ScheduleId[];
  readonly limit: number;
}

/** A due time of a schedule. */
export interface DueTime {
  readonly id: ScheduleId;
  readonly dueAt: Date;
}

/**
 * The schedules that have been due the longest, locked until the transaction ends. Skips schedules that another
 * platform has locked, and those of a package that is being pushed. None while the platform is held.
 */
export async function lockDue(sql: Sql, { ids, limit }: DueFilter): Promise<readonly DueSchedule[]> {
  // `statement_timestamp()`, because PostgreSQL does not use the index for `clock_timestamp()`, which changes during
  // the query.
  return sql.rows(
    dueRow,
    `select s.id, p.project_id, s.package_id, p.current_version, s.cron, s.timezone, s.missed, s.sealed,
            s.sealed_names, s.next_at, i.resumed_at, i.unknown_until
     from schedules s join packages p on p.id = s.package_id join installation i on i.held_at is null
     where s.next_at <= statement_timestamp() and ($2::text[] is null or s.id = any ($2))
     order by s.next_at limit $1 for update of s skip locked for key share of p skip locked`,
    [limit, ids ?? null],
  );
}

/**
 * Milliseconds until the next due time, 0 or less when it has passed; undefined without one, and while the platform is
 * held.
 */
export async function waitForNext(sql: Sql): Promise<number | undefined> {
  const row = await sql.row(
    z.object({ wait: z.number().nullable() }),
    `select (extract(epoch from min(next_at) - clock_timestamp()) * 1000)::float8 as wait
     from schedules where next_at is not null and not ${isHeld}`,
  );
  return row?.wait ?? undefined;
}

/** The schedules whose due time has already started an execution; the caller has locked them. */
export async function findRuns(sql: Sql, times: readonly DueTime[]): Promise<ReadonlySet<ScheduleId>> {
  const rows = await sql.rows(
    z.object({ schedule_id: scheduleId }),
    `select r.schedule_id from unnest($1::text[], $2::timestamptz[]) as given (id, due_at)
       join schedule_runs r on r.schedule_id = given.id and r.due_at = given.due_at`,
    [times.map(({ id }) => id), times.map(({ dueAt }) => dueAt)],
  );
  return new Set(rows.map(({ schedule_id }) => schedule_id));
}

/** Records which executions due times started. Fails the transaction when a due time already has one. */
export async function noteRuns(
  sql: Sql,
  runs: readonly (DueTime & { readonly executionId: ExecutionId | undefined })[],
): Promise<void> {
  const rows = runs.map(({ id, dueAt, executionId }) => [id, dueAt, executionId]);
  await insertRows(sql, "schedule_runs (schedule_id, due_at, execution_id)", rows);
}

/** Sets the next due times; a schedule without one has ended. */
export async function setAllNextDue(
  sql: Sql,
  moved: readonly { readonly id: ScheduleId; readonly next: Date | undefined }[],
): Promise<void> {
  await sql.run(
    `update schedules s set next_at = given.next, ended_at = case when given.next is null then clock_timestamp() end
     from unnest($1::text[], $2::timestamptz[]) as given (id, next) where s.id = given.id`,
    [moved.map(({ id }) => id), moved.map(({ next }) => next ?? null)],
  );
}
