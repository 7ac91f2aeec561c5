import type { Sql } from "@sealrun/postgres";
import {
  type ExecutionId,
  packageId,
  packageName,
  projectId,
  projectName,
  SealrunError,
  scheduleId,
  type ScheduleId,
} from "@sealrun/protocol";
import { z } from "zod";

const openRow = z
  .object({
    id: scheduleId,
    package_id: packageId,
    package: packageName,
    package_archived_at: z.date().nullable(),
    current_version: z.number(),
    project_id: projectId,
    project: projectName,
    project_archived_at: z.date().nullable(),
    sealed: z.instanceof(Uint8Array).nullable(),
    sealed_names: z.array(z.string()),
  })
  .transform((row) => ({
    id: row.id,
    packageId: row.package_id,
    package: { name: row.package, archivedAt: row.package_archived_at },
    currentVersion: row.current_version,
    projectId: row.project_id,
    project: { name: row.project, archivedAt: row.project_archived_at },
    sealed: row.sealed,
    sealedNames: row.sealed_names,
  }));
/** A schedule that has not ended, with its package and project. */
export type OpenSchedule = z.infer<typeof openRow>;

/** The schedule of that id; `NOT_FOUND` when it has ended or never existed. */
export async function findOpen(sql: Sql, id: ScheduleId): Promise<OpenSchedule> {
  const found = await sql.row(
    openRow,
    `select s.id, s.package_id, k.name as package, k.archived_at as package_archived_at, k.current_version,
            k.project_id, p.name as project, p.archived_at as project_archived_at, s.sealed, s.sealed_names
     from schedules s join packages k on k.id = s.package_id join projects p on p.id = k.project_id
     where s.id = $1 and s.ended_at is null`,
    [id],
  );
  if (found !== undefined) return found;
  throw scheduleNotFound(id);
}

/** `NOT_FOUND` for a schedule that has ended or never existed. */
export function scheduleNotFound(id: ScheduleId): SealrunError {
  return new SealrunError(
    "NOT_FOUND",
    `There is no schedule ${id}, or it has ended; list the schedules to find its id`,
  );
}

/** Stores that a person paused the schedule, or resumed it; false when that is so already. */
export async function setPaused(sql: Sql, id: ScheduleId, isPaused: boolean): Promise<boolean> {
  const changed = await sql.run(
    `update schedules set paused_at = case when $2 then clock_timestamp() end
     where id = $1 and ended_at is null and (paused_at is not null) <> $2`,
    [id, isPaused],
  );
  return changed === 1;
}

/** Records an execution that a person started for a schedule now; once for each execution. */
export async function noteRunNow(sql: Sql, run: { id: ScheduleId; at: Date; executionId: ExecutionId }): Promise<void> {
  await sql.run(
    "insert into schedule_runs (schedule_id, due_at, execution_id) values ($1, $2, $3) on conflict do nothing",
    [run.id, run.at, run.executionId],
  );
}
