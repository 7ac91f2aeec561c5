import { toSealrunError } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { listGrantsToEnd, markGrantEnded } from "../executions/attempt-store.ts";
import { askEnd } from "../keyring/ask-keyring.ts";

const batchSize = 20;

/** Tells the keyring which attempts are over. What it does not answer is told again at the next call. */
export async function endGrants(deps: Pick<Deps, "database" | "link" | "identity" | "keyring" | "log">): Promise<void> {
  try {
    for (;;) {
      const ended = await listGrantsToEnd(deps.database, batchSize);
      await Promise.all(
        ended.map(async (ref) => {
          await askEnd(deps, ref);
          await markGrantEnded(deps.database, ref);
        }),
      );
      if (ended.length < batchSize) return;
    }
  } catch (error) {
    deps.log.warn({ code: toSealrunError(error).code }, "The keyring was not told of ended attempts; trying again");
  }
}
