import { createRounds, type Database, type Fitness } from "@sealrun/postgres";
import type { KeyringLog } from "../audit/log.ts";
import { deleteOldGrants } from "./store.ts";

const everyMs = 3_600_000;
const batchSize = 1_000;

interface ForgetDeps {
  readonly database: Database;
  readonly fitness: Pick<Fitness, "clockFault">;
  readonly log: KeyringLog;
}

/** Now and every hour deletes grants that ended more than `days` days ago, until closed; 0 keeps them forever. */
export function forgetGrants(deps: ForgetDeps, days: number): { readonly close: () => Promise<void> } {
  if (days === 0) return { close: async () => undefined };
  const rounds = createRounds(async (signal) => {
    try {
      await deleteAll(deps, days, signal);
    } catch (error) {
      deps.log.error({ err: error, kind: "retention" }, "Old grants could not be deleted; trying again in an hour");
    }
    return everyMs;
  });
  rounds.ring();
  return rounds;
}

async function deleteAll({ database, fitness }: ForgetDeps, days: number, signal: AbortSignal): Promise<void> {
  // Ages are by PostgreSQL's clock, and that may be the wrong one.
  while (!signal.aborted && fitness.clockFault() === undefined) {
    if ((await deleteOldGrants(database, { days, limit: batchSize })) < batchSize) return;
  }
}
