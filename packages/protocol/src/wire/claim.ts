import { z } from "zod";
import { base64 } from "../text/bytes-text.ts";
import { executionId } from "../names.ts";
import { batchOf } from "./batches.ts";
import { failure } from "./execution.ts";
import { sandboxLevel } from "./sandbox-level.ts";

/**
 * One published execution that an executor asks to run. Sent again, it keeps its request id and gets the same answer,
 * whatever else is in the request.
 */
const claim = z.object({
  requestId: z.string().min(1).max(64),
  executionId,
  generation: z.number().int().positive(),
});
export type Claim = z.infer<typeof claim>;

/** What one executor asks to run, in one request; each execution and each request id is in it once. */
export const claimRequest = z.object({
  claims: batchOf(claim).refine(
    (claims) => new Set(claims.map((one) => one.requestId)).size === claims.length,
    "expected each request id once",
  ),
  /** What the executor's sandbox holds; absent from an executor of an earlier version. */
  sandbox: sandboxLevel.optional(),
});
export type ClaimRequest = z.infer<typeof claimRequest>;

/** The answer to one claim. With `ok` the attempt belongs to the executor until its lease ends. */
const claimVerdict = z.discriminatedUnion("ok", [
  z.object({
    executionId,
    ok: z.literal(true),
    attempt: z.number().int().positive(),
    leaseMs: z.number().int().positive(),
  }),
  z.object({ executionId, ok: z.literal(false), error: failure }),
]);
export type ClaimVerdict = z.infer<typeof claimVerdict>;

/**
 * One verdict for each claim, in the order of the request. `grants` is the keyring's whole signed frame of kind
 * `grant.reply`, with the grant of each claim that is `ok`; absent when none is.
 */
export const claimReply = z.object({ ok: z.literal(true), claims: z.array(claimVerdict), grants: base64.optional() });
export type ClaimReply = z.infer<typeof claimReply>;

/** Bytes of one grant with that many keys in the answer to a claim, at most: boxed, and twice in base64. */
export function grantBytes(keys: number): number {
  return 4_096 + 512 * keys;
}
