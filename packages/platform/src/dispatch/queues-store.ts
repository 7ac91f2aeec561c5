import type { Sql } from "@sealrun/postgres";
import { executionsStream, poolId } from "@sealrun/protocol";
import { z } from "zod";

const knownRow = z
  .object({
    pools: z.array(poolId),
    is_troubled: z.boolean(),
    is_published: z.boolean(),
    streams: z.array(z.string()),
    made: z.array(z.date()),
  })
  .transform(({ streams, made, ...row }) => ({
    pools: row.pools,
    isTroubled: row.is_troubled,
    /** Some event is published and not claimed. */
    isPublished: row.is_published,
    madeAt: new Map(streams.map((name, index) => [name, made[index]?.getTime()])),
  }));
/** What the database knows of the queues: every pool, when each stream was made, and whether publishing fails. */
export type KnownQueues = z.infer<typeof knownRow>;

/** Read together, because it is read regularly even while nothing runs. */
export async function readKnownQueues(sql: Sql): Promise<KnownQueues> {
  const row = await sql.row(
    knownRow,
    `select array(select id from pools) as pools,
            exists (select from streams where name = $1 and trouble is not null) as is_troubled,
            exists (select from executions where status = 'queued' and published_at is not null) as is_published,
            array(select name from streams order by name) as streams,
            array(select made_at from streams order by name) as made`,
    [executionsStream],
  );
  return row ?? { pools: [], isTroubled: true, isPublished: true, madeAt: new Map() };
}
