import type { Sql } from "@sealrun/postgres";
import { limits } from "@sealrun/protocol";
import { z } from "zod";

const lookRow = z
  .object({
    clock_ms: z.number(),
    lease_ms: z.number().nullable(),
    reports_ms: z.number().nullable(),
    is_grant_open: z.boolean(),
  })
  .transform(({ clock_ms, lease_ms, reports_ms, is_grant_open }) => ({
    clockMs: clock_ms,
    leaseMs: lease_ms ?? Infinity,
    reportsMs: reports_ms ?? Infinity,
    isGrantOpen: is_grant_open,
  }));

/**
 * What the sweeper may have to do: the clock of the leases in ms since 1970, the ms until the next lease expires and
 * until the next awaited reports may count as missing (Infinity without one), and whether the end of an attempt may have
 * to be told to the keyring.
 */
export type SweepLook = z.infer<typeof lookRow>;

/** One statement, because it is read regularly even while nothing runs. */
export async function lookForSweep(sql: Sql): Promise<SweepLook> {
  const row = await sql.row(
    lookRow,
    `select (extract(epoch from clock_timestamp()) * 1000)::float8 as clock_ms,
            (extract(epoch from (
               select min(a.lease_until) from executions e join attempts a on a.execution_id = e.id and a.attempt = e.attempt
               where e.status = 'running') - clock_timestamp()) * 1000)::float8 as lease_ms,
            (extract(epoch from least(
               (select min(finished_at) from executions where reports = 'awaited'),
               (select min(case when c.attempt < e.attempt then c.stored_at else greatest(c.stored_at, e.finished_at) end)
                from report_chunks c join executions e on e.id = c.execution_id
                where c.items is not null and (e.finished_at is not null or c.attempt < e.attempt))
             ) - clock_timestamp()) * 1000)::float8 + $1 as reports_ms,
            exists (select from attempts where ended_at is not null and grant_ended_at is null) as is_grant_open`,
    [limits.reportsSilentMs],
  );
  return row ?? { clockMs: 0, leaseMs: 0, reportsMs: 0, isGrantOpen: true };
}
