import type { Sql } from "@sealrun/postgres";
import type { ProjectId, SetRetention } from "@sealrun/protocol";
import { z } from "zod";

const daysRow = { executions_days: z.number(), logs_days: z.number(), starts_at: z.date().nullable() };
const startsAt = "case when i.deletes_from > now() then i.deletes_from end as starts_at";

const platformRow = z
  .object(daysRow)
  .transform((row) => ({ executionsDays: row.executions_days, logsDays: row.logs_days, startsAt: row.starts_at }));
const projectRow = z.object({ ...daysRow, is_own: z.boolean() }).transform((row) => ({
  executionsDays: row.executions_days,
  logsDays: row.logs_days,
  startsAt: row.starts_at,
  isOwn: row.is_own,
}));
const ownRow = z
  .object({ project: z.string(), executions_days: z.number(), logs_days: z.number() })
  .transform((row) => ({ project: row.project, executionsDays: row.executions_days, logsDays: row.logs_days }));

/** The platform's limits, and when deletion starts; null once it has. */
export async function findPlatformLimits(sql: Sql): Promise<z.infer<typeof platformRow> | undefined> {
  return sql.row(platformRow, `select i.executions_days, i.logs_days, ${startsAt} from installation i`);
}

/** The limits that apply to a project, its own or the platform's. */
export async function findProjectLimits(sql: Sql, id: ProjectId): Promise<z.infer<typeof projectRow> | undefined> {
  return sql.row(
    projectRow,
    `select coalesce(p.executions_days, i.executions_days) as executions_days,
            coalesce(p.logs_days, i.logs_days) as logs_days, p.executions_days is not null as is_own, ${startsAt}
     from projects p cross join installation i where p.id = $1`,
    [id],
  );
}

/** The projects with limits of their own, by name. */
export async function listOwnLimits(sql: Sql): Promise<z.infer<typeof ownRow>[]> {
  return sql.rows(
    ownRow,
    `select name as project, executions_days, logs_days from projects where executions_days is not null
     order by lower(name)`,
  );
}

/** Changes the platform's limits. */
export async function setPlatformLimits(sql: Sql, { executionsDays, logsDays }: SetRetention): Promise<void> {
  await sql.run("update installation set executions_days = $1, logs_days = $2", [executionsDays, logsDays]);
}

/** Gives a project its own limits; undefined takes them away, so that the platform's apply. */
export async function setProjectLimits(sql: Sql, id: ProjectId, own: SetRetention | undefined): Promise<void> {
  await sql.run("update projects set executions_days = $2, logs_days = $3 where id = $1", [
    id,
    own?.executionsDays ?? null,
    own?.logsDays ?? null,
  ]);
}

const countedRow = z.object({ executions: z.coerce.number(), logs: z.coerce.number() });

/**
 * How many executions these limits would delete now, and how many logs of those that stay: of one project, or of all
 * without their own limits.
 */
export async function countOlder(
  sql: Sql,
  { executionsDays, logsDays }: SetRetention,
  id: ProjectId | undefined,
): Promise<z.infer<typeof countedRow>> {
  const counted = await sql.row(
    countedRow,
    `select coalesce(sum(o.executions), 0) as executions, coalesce(sum(o.logs), 0) as logs
     from projects p cross join lateral (
       select count(*) filter (where is_old) as executions, count(*) filter (where has_log and not is_old) as logs
       from (select has_log, $1 > 0 and finished_at < now() - $1 * interval '1 day' as is_old from executions
             where project_id = p.id and has_log in (true, false)
               and finished_at < now() - $2 * interval '1 day') e) o
     where $2 > 0 and case when $3::text is null then p.executions_days is null else p.id = $3 end`,
    [executionsDays, logsDays, id ?? null],
  );
  return counted ?? { executions: 0, logs: 0 };
}
