import { z } from "zod";
import { executionId } from "../names.ts";
import { batchOf } from "./batches.ts";
import { failure } from "./execution.ts";

/** The heartbeat of attempts of one executor, in one request; each execution is in it once. */
export const renewRequest = z.object({
  attempts: batchOf(z.object({ executionId, attempt: z.number().int().positive() })),
});

/** A lease that runs `leaseMs` from when it was asked for. */
const renewedLease = z.object({
  leaseMs: z.number().int().positive(),
  /** True when a cancel of the execution was requested: the executor ends it. */
  cancel: z.boolean().optional(),
});
export type RenewedLease = z.infer<typeof renewedLease>;

/** One verdict for each attempt, in the order of the request. */
export const renewReply = z.object({
  ok: z.literal(true),
  attempts: z.array(
    z.discriminatedUnion("ok", [
      renewedLease.extend({ executionId, ok: z.literal(true) }),
      z.object({ executionId, ok: z.literal(false), error: failure }),
    ]),
  ),
});
export type RenewReply = z.infer<typeof renewReply>;
