import type { Sql } from "@sealrun/postgres";
import type { EarlyLine, ExecutionId } from "@sealrun/protocol";
import type { ClaimedAttempt } from "../executions/attempt-store.ts";
import type { Progress } from "../executions/progress-store.ts";
import { listStepNames, type StepName } from "../executions/step-store.ts";

/** A line that has arrived in a verified report of an attempt, and is not stored yet. */
export interface ArrivedLine {
  /** The number of its chunk. */
  readonly sequence: number;
  readonly line: EarlyLine;
}

/** An attempt that runs, and the steps of its execution. */
export interface HeardAttempt extends ClaimedAttempt {
  readonly steps: readonly StepName[];
}

/** Hears what executors report when it arrives; see `reports/hear-reports.ts`. */
export interface EarlyLines {
  /** Calls `onLine` with the first line of each report of the attempt, until the returned function is called. */
  hear(attempt: HeardAttempt, onLine: (arrived: ArrivedLine) => void): () => void;
}

/** The first line of one stream, which it tells before the line is stored. */
export interface FirstLine {
  /** Hears the attempt that runs, if one does. The reader has all that was stored at this progress. */
  readonly follow: (progress: Progress) => Promise<void>;
  /** The line that comes next after all that was stored at this progress, once; undefined while there is none. */
  readonly take: (progress: Progress) => EarlyLine | undefined;
  /** The reader has a line, or is gone: nothing is heard any longer. */
  readonly end: () => void;
}

/** What the first line of a stream needs. */
export interface FirstLineDeps {
  readonly sql: Sql;
  readonly lines: EarlyLines;
  /** Called when a line has arrived. */
  readonly ring: () => void;
}

/**
 * Tells one line, and only while the reader has none: after it, lines come when they are stored. It is told only if
 * every chunk before its own is stored, so that no line before it is missing.
 */
export function createFirstLine({ sql, lines, ring }: FirstLineDeps, id: ExecutionId): FirstLine {
  let isOver = false;
  let followed = "";
  let held: ArrivedLine | undefined;
  let stop = (): void => undefined;
  const end = (): void => {
    isOver = true;
    held = undefined;
    stop();
  };
  return {
    follow: async ({ status, attempt, executorId }) => {
      const runs = status === "running" && executorId !== null ? `${attempt} ${executorId}` : "";
      if (isOver || runs === followed) return;
      stop();
      stop = () => undefined;
      held = undefined;
      followed = runs;
      if (status !== "running" || executorId === null) return;
      const steps = await listStepNames(sql, id);
      stop = lines.hear({ executionId: id, attempt, executorId, steps }, (arrived) => {
        // Only the earliest can be next.
        if (held !== undefined && held.sequence <= arrived.sequence) return;
        held = arrived;
        ring();
      });
    },
    take: ({ appliedSequence }) => {
      if (held === undefined) return undefined;
      const { sequence, line } = held;
      if (sequence <= appliedSequence) held = undefined;
      if (sequence !== appliedSequence + 1) return undefined;
      end();
      return line;
    },
    end,
  };
}
