import { limits } from "@sealrun/protocol";
import { pause } from "../../waits.ts";
import type { LinePace } from "./line-pace.ts";

/** What the output of one step after the other goes through: lines of both of its streams, and lines that it logs. */
export interface OutputGate {
  /** Passes a line on with `store`, when it is its turn. Drops it, at once, when the step has stored its maximum. */
  readonly pass: (text: string, store: () => Promise<void>) => Promise<void>;
  /** Before each try of a step: it may store the whole maximum again. */
  readonly restart: (step: number) => void;
}

/**
 * A gate for one attempt. While lines come faster than the pace, `pass` is pending, so that whatever writes them is read
 * more slowly; nothing is lost by that. Lines over the maximum are dropped, and `onCut` is called once in each try. After `signal`
 * aborts nothing waits any longer.
 */
export function createOutputGate(options: {
  readonly pace: LinePace;
  readonly signal: AbortSignal;
  readonly onCut: (step: number, sentence: string) => Promise<void>;
  readonly maxBytes?: number;
}): OutputGate {
  const { pace, signal, onCut, maxBytes = limits.stepOutputBytes } = options;
  let left = maxBytes;
  let current = 0;
  return {
    pass: async (text, store) => {
      if (left < 0) return;
      left -= Buffer.byteLength(text) + limits.outputLineBytes;
      if (left < 0) {
        await onCut(
          current,
          `Output is cut here: a step stores at most ${maxBytes} bytes, and each line counts ${limits.outputLineBytes} bytes more than it has`,
        );
        return;
      }
      const waitMs = signal.aborted ? 0 : pace.take(performance.now());
      if (waitMs > 0) await pause(waitMs, signal);
      await store();
    },
    restart: (step) => {
      current = step;
      left = maxBytes;
    },
  };
}
