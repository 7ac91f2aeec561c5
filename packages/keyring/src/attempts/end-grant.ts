import { crashPoint } from "@sealrun/faults";
import type { Database } from "@sealrun/postgres";
import type { EndGrantsReply, EndGrantsRequest } from "@sealrun/protocol";
import { endGrants } from "./store.ts";

/**
 * Ends the grants of attempts that the platform says are over: their lookups and claims are then refused with
 * `NO_GRANT`. This can only reduce rights. A repeated call, or an attempt without a grant, changes nothing.
 */
export async function answerEnd(
  { database }: { readonly database: Database },
  { ended }: EndGrantsRequest,
): Promise<EndGrantsReply> {
  await endGrants(database, ended);
  crashPoint("keyring.end.after-commit");
  return { ok: true };
}
