import type { Database, Sql } from "@sealrun/postgres";
import { lockPool } from "../../packages/platform/src/dispatch/choice-store.ts";
import { until } from "./executions-world.ts";

/**
 * Does something while no dispatcher may choose from these pools, named in lower case: what starts meanwhile is chosen
 * from together, afterwards. A row that says that executors drain would not last: each heartbeat overwrites it.
 */
export async function holdBack<T>(
  database: Database,
  pools: readonly string[],
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  return database.transaction(async (sql) => {
    for (const pool of pools) await until(async () => lockPool(sql, pool));
    return work(sql);
  });
}
