import { limits, toSealrunError } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { listGrantsToEnd, markGrantsEnded } from "../executions/attempt-store.ts";
import { askEnd } from "../keyring/ask-keyring.ts";

/**
 * Tells the keyring which attempts have ended, many in one request. False when it did not confirm: the next call sends
 * those ends again.
 */
export async function endGrants(
  deps: Pick<Deps, "database" | "link" | "identity" | "keyring" | "log">,
): Promise<boolean> {
  try {
    for (;;) {
      const ended = await listGrantsToEnd(deps.database, limits.batchItems);
      if (ended.length === 0) return true;
      await askEnd(deps, ended);
      // One that is locked must not hold up the others; its end is sent again.
      if ((await markGrantsEnded(deps.database, ended)) < ended.length) return false;
      if (ended.length < limits.batchItems) return true;
    }
  } catch (error) {
    deps.log.warn(
      { code: toSealrunError(error).code },
      "The keyring could not be told which attempts have ended; trying again",
    );
    return false;
  }
}
