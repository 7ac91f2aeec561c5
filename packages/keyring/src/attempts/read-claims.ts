import { claimRequest, decode, type ExecutionId } from "@sealrun/protocol";

/**
 * The executions in an executor's signed claim, each with the id of its own request: sent again in another message, a
 * claim keeps its id. `MALFORMED` for another body.
 */
export function readClaims(body: Uint8Array): ReadonlyMap<ExecutionId, string> {
  return new Map(decode(claimRequest, body).claims.map((claim) => [claim.executionId, claim.requestId]));
}
