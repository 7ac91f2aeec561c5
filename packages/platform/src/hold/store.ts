import type { Sql } from "@sealrun/postgres";
import { z } from "zod";

/** True while the platform is held, as an SQL condition for other statements. */
export const isHeld = "exists (select from installation where held_at is not null)";

const holdRow = z
  .object({ held_at: z.date(), held_by: z.string() })
  .transform(({ held_at, held_by }) => ({ since: held_at, by: held_by }));
/** Since when, and by whom, the platform is held. */
export type Hold = z.infer<typeof holdRow>;

/** The current hold, or undefined. */
export async function findHold(sql: Sql): Promise<Hold | undefined> {
  return sql.row(holdRow, "select held_at, held_by from installation where held_at is not null");
}

/** As `findHold`; no hold can begin or end until the transaction ends. */
export async function lockHold(sql: Sql): Promise<Hold | undefined> {
  await sql.run("select from installation for update");
  return findHold(sql);
}

/** Begins a hold; the caller has called `lockHold`, which found none. */
export async function beginHold(sql: Sql, by: string): Promise<void> {
  await sql.run("update installation set held_at = clock_timestamp(), held_by = $1", [by]);
}

/** Stores that whatever was due before now may have run already, on the database that was backed up. */
export async function noteRestored(sql: Sql): Promise<void> {
  await sql.run("update installation set unknown_until = clock_timestamp()");
}

/** Ends the hold; returns how many schedules came due during it. The caller has called `lockHold`. */
export async function endHold(sql: Sql): Promise<number> {
  const row = await sql.row(
    z.object({ due: z.number() }),
    `with ended as (
       update installation set held_at = null, held_by = null, resumed_at = clock_timestamp() returning resumed_at)
     select count(s.id)::int as due from ended left join schedules s on s.next_at <= ended.resumed_at`,
  );
  return row?.due ?? 0;
}
