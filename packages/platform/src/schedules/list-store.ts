import type { Sql } from "@sealrun/postgres";
import { executionId, executionStatus, scheduleId, type ScheduleId } from "@sealrun/protocol";
import { z } from "zod";

const listedRow = z
  .object({
    id: scheduleId,
    project: z.string(),
    package: z.string(),
    kind: z.enum(["manifest", "script"]),
    cron: z.string().nullable(),
    timezone: z.string().nullable(),
    missed: z.enum(["skip", "run_once"]),
    next_at: z.date().nullable(),
    is_paused: z.boolean(),
    paused_at: z.date().nullable(),
    sealed_names: z.array(z.string()),
    created_at: z.date(),
    created_by: z.string(),
    last_due_at: z.date().nullable(),
    last_execution: executionId.nullable(),
    last_status: executionStatus.nullable(),
  })
  .transform(({ next_at, is_paused, paused_at, sealed_names, created_at, created_by, ...row }) => {
    const { last_due_at, last_execution, last_status, ...shown } = row;
    return {
      ...shown,
      nextAt: next_at?.toISOString() ?? null,
      isPaused: is_paused,
      pausedAt: paused_at?.toISOString() ?? null,
      sealedNames: sealed_names,
      createdAt: created_at.toISOString(),
      createdBy: created_by,
      last:
        last_due_at === null || last_execution === null || last_status === null
          ? null
          : { dueAt: last_due_at.toISOString(), execution: last_execution, status: last_status },
    };
  });
/** A schedule as lists show it. */
export type ListedSchedule = z.infer<typeof listedRow>;

/** Filters of the list. */
export interface ScheduleFilter {
  readonly project?: string | undefined;
  readonly package?: string | undefined;
  /** Only the schedule of this id. */
  readonly id?: ScheduleId;
  readonly limit: number;
}

/**
 * Schedules that have not ended: the next due first, paused ones last. Those of archived packages only where the filter
 * names the package or the schedule.
 */
export async function listSchedules(sql: Sql, filter: ScheduleFilter): Promise<readonly ListedSchedule[]> {
  return sql.rows(
    listedRow,
    `select s.id, p.name as project, k.name as package, s.kind, s.cron, s.timezone, s.missed, s.next_at, s.is_paused, s.paused_at,
            s.sealed_names, s.created_at, s.created_by, r.due_at as last_due_at, r.execution_id as last_execution,
            e.status as last_status
     from schedules s join packages k on k.id = s.package_id join projects p on p.id = k.project_id
       left join lateral (
         select due_at, execution_id from schedule_runs where schedule_id = s.id order by due_at desc limit 1
       ) r on true
       left join executions e on e.id = r.execution_id
     where s.ended_at is null and ($4::text is null or s.id = $4)
       and ($2::text is not null or $4::text is not null or (k.archived_at is null and p.archived_at is null))
       and ($1::text is null or lower(p.name) = lower($1)) and ($2::text is null or lower(k.name) = lower($2))
     order by s.next_at nulls last, s.id limit $3`,
    [filter.project ?? null, filter.package ?? null, filter.limit, filter.id ?? null],
  );
}
