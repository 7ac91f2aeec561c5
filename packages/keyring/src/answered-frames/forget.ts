import type { FailureLog } from "@sealrun/nats";
import { createRounds, type Database } from "@sealrun/postgres";
import { forgetAnswered } from "./store.ts";

/** Rows are an hour old when they go, so that a few minutes more do not matter. */
const everyMs = 10 * 60_000;

/** Deletes old notes of answered frames now and every ten minutes until closed, apart from any answer. */
export function forgetRegularly(database: Database, log: FailureLog): { readonly close: () => Promise<void> } {
  const rounds = createRounds(async () => {
    try {
      await forgetAnswered(database);
    } catch (error) {
      log.error({ err: error, kind: "answered-frames" }, "Old notes of answered requests were not deleted; retrying");
    }
    return everyMs;
  });
  rounds.ring();
  return rounds;
}
