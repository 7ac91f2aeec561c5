import { toSealrunError } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { listGrantsToEnd, markGrantEnded } from "../executions/attempt-store.ts";
import { askEnd } from "../keyring/ask-keyring.ts";

const batchSize = 20;

/** Tells the keyring which attempts have ended. An end that it does not confirm is sent again at the next call. */
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
    deps.log.warn(
      { code: toSealrunError(error).code },
      "The keyring could not be told which attempts have ended; trying again",
    );
  }
}
