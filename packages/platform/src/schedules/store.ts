import { newId } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { jsonObject, packageId, type PackageId, SealrunError, type ScheduleId, scheduleId } from "@sealrun/protocol";
import { z } from "zod";
import { ringSchedules } from "../postgres/channels.ts";
import type { CronRule } from "./cron-times.ts";
import type { MissedPolicy } from "./due-times.ts";

/** What a schedule does about missed due times, as stored. */
export const missedPolicy = z.enum(["skip", "run_once"]);

const packageScheduleRow = z
  .object({
    id: scheduleId,
    cron: z.string().nullable(),
    timezone: z.string().nullable(),
    once_at: z.date().nullable(),
    missed: missedPolicy,
    is_paused: z.boolean(),
    paused_at: z.date().nullable(),
  })
  .transform(({ once_at, is_paused, paused_at, cron, timezone, ...row }) => ({
    ...row,
    rule: ruleOf({ cron, timezone }),
    onceAt: once_at,
    isPaused: is_paused,
    /** When a person paused it. */
    pausedAt: paused_at,
  }));
/** A schedule that a push may change. */
export type PackageSchedule = z.infer<typeof packageScheduleRow>;

const packageScheduleColumns = "id, cron, timezone, once_at, missed, is_paused, paused_at";

/** A schedule to be stored; either `rule` or `onceAt` is set. */
export interface NewSchedule {
  readonly id: ScheduleId;
  readonly packageId: PackageId;
  readonly kind: "manifest" | "script";
  readonly rule: CronRule | undefined;
  readonly onceAt: Date | undefined;
  readonly missed: MissedPolicy;
  readonly sealed: Uint8Array | null;
  readonly sealedNames: readonly string[];
  /** Undefined while the package is not active. */
  readonly nextAt: Date | undefined;
  readonly author: string;
}

/** Makes the id of a new schedule. */
export function newScheduleId(): ScheduleId {
  return scheduleId.parse(newId("schedule"));
}

/** The database's clock; due times are compared only with it. */
export async function readClock(sql: Sql): Promise<Date> {
  const row = await sql.row(z.object({ now: z.date() }), "select clock_timestamp() as now");
  if (row === undefined) throw new SealrunError("INTERNAL", "The database did not return the time");
  return row.now;
}

/** Sets the next due time; undefined ends the schedule. */
export async function setNextDue(sql: Sql, id: ScheduleId, nextAt: Date | undefined): Promise<void> {
  await sql.run(
    `update schedules set next_at = $2, ended_at = case when $2::timestamptz is null then clock_timestamp() end
     where id = $1`,
    [id, nextAt ?? null],
  );
}

/** Stores a schedule and notifies the schedulers; false when that id exists already. */
export async function insertSchedule(sql: Sql, made: NewSchedule): Promise<boolean> {
  const added = await sql.run(
    `insert into schedules
       (id, package_id, kind, cron, timezone, once_at, missed, sealed, sealed_names, next_at, is_paused, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (id) do nothing`,
    [
      made.id,
      made.packageId,
      made.kind,
      made.rule?.cron ?? null,
      made.rule?.timezone ?? null,
      made.onceAt ?? null,
      made.missed,
      made.sealed,
      JSON.stringify(made.sealedNames),
      made.nextAt ?? null,
      made.nextAt === undefined,
      made.author,
    ],
  );
  await ringSchedules(sql);
  return added === 1;
}

/** The schedules of a package that have not ended, locked until the transaction ends. */
export async function lockSchedules(
  sql: Sql,
  of: PackageId,
  kind: NewSchedule["kind"],
): Promise<readonly PackageSchedule[]> {
  return sql.rows(
    packageScheduleRow,
    `select ${packageScheduleColumns} from schedules where package_id = $1 and kind = $2 and ended_at is null
     order by id for update`,
    [of, kind],
  );
}

/** Changes the rule of a schedule and its next due time; undefined pauses it. */
export async function updateSchedule(
  sql: Sql,
  id: ScheduleId,
  to: { readonly rule: CronRule | undefined; readonly missed: MissedPolicy; readonly nextAt: Date | undefined },
): Promise<void> {
  await sql.run(
    "update schedules set cron = $2, timezone = $3, missed = $4, next_at = $5, is_paused = $6 where id = $1",
    [id, to.rule?.cron ?? null, to.rule?.timezone ?? null, to.missed, to.nextAt ?? null, to.nextAt === undefined],
  );
  await ringSchedules(sql);
}

/** How many open schedules the package's scripts have made. */
export async function countScriptSchedules(sql: Sql, of: PackageId): Promise<number> {
  const row = await sql.row(
    z.object({ count: z.number() }),
    `select count(*)::int as count from schedules
     where package_id = $1 and kind = 'script' and ended_at is null`,
    [of],
  );
  return row?.count ?? 0;
}

/** The package of a schedule and when it is due next, ended or not; undefined when it does not exist. */
export async function findSchedule(
  sql: Sql,
  id: ScheduleId,
): Promise<
  | {
      readonly packageId: PackageId;
      readonly kind: NewSchedule["kind"];
      readonly nextAt: Date;
      readonly ended: boolean;
    }
  | undefined
> {
  const row = await sql.row(
    z.object({ package_id: packageId, kind: z.enum(["manifest", "script"]), at: z.date(), ended: z.boolean() }),
    `select package_id, kind, coalesce(next_at, once_at, created_at) as at, ended_at is not null as ended
     from schedules where id = $1`,
    [id],
  );
  return row === undefined
    ? undefined
    : { packageId: row.package_id, kind: row.kind, nextAt: row.at, ended: row.ended };
}

/** The rule of a stored schedule; undefined for a single due time. */
export function ruleOf(row: { readonly cron: string | null; readonly timezone: string | null }): CronRule | undefined {
  return row.cron === null ? undefined : { cron: row.cron, timezone: row.timezone };
}

const stateRow = z.object({ manifest: jsonObject, is_archived: z.boolean() });

/**
 * False while no schedule of a package runs: its newest manifest says `"active": false`, or the package or its project
 * is archived.
 */
export async function areSchedulesOn(sql: Sql, id: PackageId): Promise<boolean> {
  const row = await sql.row(
    stateRow,
    `select v.manifest, k.archived_at is not null or p.archived_at is not null as is_archived
     from packages k join projects p on p.id = k.project_id
       join versions v on v.package_id = k.id and v.number = k.current_version
     where k.id = $1`,
    [id],
  );
  return row !== undefined && !row.is_archived && row.manifest["active"] !== false;
}
