import { executionId, executionStatus, type Report, reportItem } from "@sealrun/protocol";
import { z } from "zod";
import { stepState } from "../executions/step-store.ts";

/** A chunk of an attempt's reports. */
export type Chunk = Pick<Report, "sequence" | "items">;

/** What is stored of an attempt's reports, and what they may change. */
export const attemptState = z
  .object({
    execution_id: executionId,
    attempt: z.number(),
    status: executionStatus,
    /** The last chunk of an execution that ended with reports. */
    last_sequence: z.number().nullable(),
    /** The state of an ended execution's reports. */
    reports: z.enum(["awaited", "complete", "gaps"]).nullable(),
    is_current: z.boolean(),
    is_newest: z.boolean(),
    applied_sequence: z.number(),
    stored: z.array(z.number()),
    waiting: z.array(z.object({ sequence: z.number(), items: z.array(reportItem) })).nullable(),
    missing: z.array(z.number()),
    steps: z.array(stepState).nullable(),
    live_blocks: z.number(),
    trace: z.string().nullable(),
  })
  .transform(({ execution_id, last_sequence, is_current, is_newest, applied_sequence, live_blocks, ...row }) => ({
    ...row,
    executionId: execution_id,
    lastSequence: last_sequence,
    /** It is the execution's newest attempt. */
    isCurrent: is_current,
    /** Its reports may change steps: the execution was not put back either. */
    isNewest: is_newest,
    /** The last chunk in the feed. */
    appliedSequence: applied_sequence,
    /** Stored chunks that wait for a missing one before them, in order. */
    waiting: row.waiting ?? [],
    steps: row.steps ?? [],
    /** Newest blocks of the feed that may be merged. */
    liveBlocks: live_blocks,
  }));
/**
 * The state of an attempt, read under the lock of its execution. `stored`: which of the chunks asked about are stored.
 * `missing`: chunks up to the last one that are not stored, at most the first thousand; empty while the last one is not
 * known.
 */
export type AttemptState = z.infer<typeof attemptState>;
