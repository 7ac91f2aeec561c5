import { countStatement } from "@sealrun/faults";
import type { Pool, PoolClient } from "pg";

/** In each 10 s: a connection that is hardly used costs little with any plan. */
const minUses = 50;
const minMs = 10_000;

/**
 * Has busy connections plan their named statements again every 10 s. A plan that was made while a table was nearly empty
 * reads all of it; PostgreSQL notices that the table has grown only after an analyze, which may take minutes.
 */
export function renewPlans(pool: Pool, onStatement?: (text: string) => void): void {
  const kept = new WeakMap<PoolClient, { uses: number; since: number }>();
  pool.on("acquire", (client) => {
    const plans = kept.get(client) ?? { uses: 0, since: performance.now() };
    kept.set(client, plans);
    plans.uses += 1;
    if (performance.now() - plans.since < minMs) return;
    kept.set(client, { uses: 0, since: performance.now() });
    if (plans.uses < minUses) return;
    countStatement(client, "discard plans");
    onStatement?.("discard plans");
    // Nothing waits for it. A broken connection fails the statement that follows too.
    client.query("discard plans").catch(() => undefined);
  });
}
