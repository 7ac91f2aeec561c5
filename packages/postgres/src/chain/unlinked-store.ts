import { z } from "zod";
import type { Chain, ChainFault } from "./chain.ts";
import type { Sql } from "../sql.ts";

/** Normally a row is linked within seconds. */
const maxWaitSeconds = 60;

const unlinkedRow = z.object({
  inserted: z.string().nullable(),
  removed: z.string().nullable(),
  late: z.string().nullable(),
});

/**
 * The first row above `lastSeq` without a link, or waiting entry without a row, or row that has waited too long. One
 * statement, so that a row that is being sealed counts as either waiting or linked.
 */
export async function findUnlinked(sql: Sql, { id }: Chain, lastSeq: bigint): Promise<ChainFault | undefined> {
  const found = await sql.row(
    unlinkedRow,
    `select
       (select min(a.${id})::text from audit a
        where a.${id} > $1 and not exists (select from audit_chain c where c.seq = a.${id})
          and not exists (select from audit_unsealed u where u.seq = a.${id})) as inserted,
       (select min(u.seq)::text from audit_unsealed u
        where not exists (select from audit a where a.${id} = u.seq)) as removed,
       (select min(u.seq)::text from audit_unsealed u join audit a on a.${id} = u.seq
        where a.at < clock_timestamp() - make_interval(secs => ${maxWaitSeconds})) as late`,
    [lastSeq.toString()],
  );
  const { inserted = null, removed = null, late = null } = found ?? {};
  if (inserted !== null) {
    return {
      kind: "inserted",
      seq: inserted,
      sentence: `Row ${inserted} is in no link: it was not written in the normal way`,
    };
  }
  if (removed !== null) return { kind: "deleted", seq: removed, sentence: `Row ${removed} was removed` };
  if (late === null) return undefined;
  const sentence = `Row ${late} has waited for its link for more than ${maxWaitSeconds} s; see the log of the process that seals`;
  return { kind: "unsealed", seq: late, sentence };
}

/** Rows that wait for their link, counted up to `maxCounted`. */
export interface WaitingRows {
  readonly count: number;
  /** Waiting time of the row with the lowest number; null when none waits. */
  readonly seconds: number | null;
}

/** The limit up to which `countWaiting` counts. */
export const maxCounted = 10_000;

/** How many rows wait for their link, and how long the oldest has waited, as SQL of one row; cheap even with very many rows. */
export const waitingRowsOf = ({ id }: Pick<Chain, "id">): string => `
  select (select count(*)::int from (select from audit_unsealed limit ${maxCounted}) waiting) as count,
    (select extract(epoch from clock_timestamp() - a.at)::float8 from audit a
     where a.${id} = (select min(u.seq) from audit_unsealed u)) as seconds`;

/** Reads what `waitingRowsOf` says. */
export async function countWaiting(sql: Sql, chain: Pick<Chain, "id">): Promise<WaitingRows> {
  const row = await sql.row(z.object({ count: z.number(), seconds: z.number().nullable() }), waitingRowsOf(chain));
  return row ?? { count: 0, seconds: null };
}
