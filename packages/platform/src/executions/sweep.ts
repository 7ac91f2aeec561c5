import { limits } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { applyWaiting } from "./reports/apply-report.ts";
import { listGaps } from "./reports/report-store.ts";
import { forgetParts } from "./set-parts-store.ts";
import { lockExecution, lockLost } from "./store.ts";
import { endUnfinished } from "./transitions.ts";

const sweepMs = 2_000;

/** Every two seconds: ends executions whose lease has, and shows reports that wait for a chunk that never came. */
export function startSweeper(deps: Pick<Deps, "database" | "log">): () => Promise<void> {
  let working: Promise<void> | undefined;
  const timer = setInterval(() => {
    working ??= sweep(deps).finally(() => (working = undefined));
  }, sweepMs);
  return async () => {
    clearInterval(timer);
    await working;
  };
}

async function sweep({ database, log }: Pick<Deps, "database" | "log">): Promise<void> {
  try {
    await database.transaction(async (sql) => {
      for (const id of await lockLost(sql)) {
        const message = `The executor was not heard for ${limits.leaseMs / 1000} seconds while it ran this; whether its scripts ended is not known`;
        await endUnfinished(sql, id, { status: "lost", error: { code: "LEASE_LOST", message } });
        await forgetParts(sql, id);
        log.warn({ executionId: id }, "An execution was lost");
      }
    });
    for (const of of await listGaps(database)) {
      await database.transaction(async (sql) => {
        await lockExecution(sql, of.executionId);
        await applyWaiting(sql, of, { overGaps: true });
      });
    }
  } catch (error) {
    log.error({ err: error }, "Ended leases could not be swept; trying again");
  }
}
