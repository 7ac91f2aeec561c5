import { limits } from "@sealrun/protocol";
import { pause } from "../../waits.ts";
import type { LinePace } from "./line-pace.ts";

/** The maximum of one try of a step. */
interface OutputBudget {
  /** Maximum stored bytes, with `outputLineBytes` for each line. */
  readonly maxBytes: number;
  /** Called once, with what was counted, when it is more than that. */
  readonly onFull: (bytes: number) => Promise<void>;
}

/** What the output of one step after the other goes through: lines of both of its streams, and lines that it logs. */
export interface OutputGate {
  /** Counts bytes that were read, whether or not they will be in a line. */
  readonly count: (bytes: number) => Promise<void>;
  /** Passes a line of which `bytes` were not counted yet on with `store`, when it is its turn; drops it over the maximum. */
  readonly pass: (bytes: number, store: () => Promise<void>) => Promise<void>;
  /** Before each try of a step: it may store the whole maximum again. */
  readonly restart: (budget: OutputBudget) => void;
}

/**
 * A gate for one attempt. While lines come faster than the pace, `pass` is pending, so that whatever writes them is read
 * more slowly; nothing is lost by that. After `signal` aborts nothing waits any longer.
 */
export function createOutputGate({
  pace,
  signal,
}: {
  readonly pace: LinePace;
  readonly signal: AbortSignal;
}): OutputGate {
  let budget: OutputBudget = { maxBytes: limits.stepOutputBytes, onFull: async () => undefined };
  let counted = 0;
  const isFull = (): boolean => counted > budget.maxBytes;
  const count = async (bytes: number): Promise<void> => {
    const wasFull = isFull();
    counted += bytes;
    if (!wasFull && isFull()) await budget.onFull(counted);
  };
  return {
    count,
    pass: async (bytes, store) => {
      const counting = count(bytes + limits.outputLineBytes);
      if (isFull()) return counting;
      const waitMs = signal.aborted ? 0 : pace.take(performance.now());
      if (waitMs > 0) await pause(waitMs, signal);
      await store();
    },
    restart: (next) => {
      budget = next;
      counted = 0;
    },
  };
}
