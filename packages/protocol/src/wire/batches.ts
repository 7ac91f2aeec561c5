import { z } from "zod";
import { limits } from "../limits.ts";

/** A list of one request about executions: up to `limits.batchItems`, and each execution once. */
export function batchOf<Item extends { readonly executionId: string }, Input>(item: z.ZodType<Item, Input>) {
  return z.array(item).min(1).max(limits.batchItems).refine(hasEachExecutionOnce, "expected each execution once");
}

/**
 * Cuts items into batches for one message each: at most `limits.batchItems`, and at most `limits.batchBytes` by
 * `bytesOf`. Their order stays. An item that is larger by itself gets a batch of its own.
 */
export function cutBatches<T>(items: readonly T[], bytesOf: (item: T) => number): readonly (readonly T[])[] {
  const batches: T[][] = [];
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const itemBytes = bytesOf(item);
    if (batch.length > 0 && (batch.length === limits.batchItems || bytes + itemBytes > limits.batchBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += itemBytes;
  }
  return batch.length === 0 ? batches : [...batches, batch];
}

/** True when no execution is in the list twice. */
export function hasEachExecutionOnce(items: readonly { readonly executionId: string }[]): boolean {
  return new Set(items.map(({ executionId }) => executionId)).size === items.length;
}
