import { limits, type LogStream } from "@sealrun/protocol";
import type { Masker } from "../../mask/masker.ts";
import { createLogLines } from "./log-lines.ts";

const idleMs = 100;

/** One of a script's two output streams: masked, then cut into lines, then limited in size. */
export interface StepOutput {
  /** Takes bytes as the script wrote them; the promise is pending while lines cannot be passed on. */
  readonly write: (chunk: Uint8Array) => Promise<void>;
  /** Call it after the script's end: passes on what was held back, masked. */
  readonly end: () => Promise<void>;
}

/** How many bytes of output a step may still store, for both of its streams together. */
export interface OutputBudget {
  left: number;
  cut: boolean;
}

/** The budget of one step. */
export function createOutputBudget(): OutputBudget {
  return { left: limits.stepOutputBytes, cut: false };
}

/** Passes a stream's lines to `line`. Lines over the budget are read and dropped, and one line says so. */
export function createStepOutput(options: {
  readonly stream: LogStream;
  readonly masker: Masker;
  readonly budget: OutputBudget;
  readonly line: (stream: LogStream, text: string) => Promise<void>;
}): StepOutput {
  const { stream, budget } = options;
  const masked = options.masker.stream();
  const lines = createLogLines();
  let idle: NodeJS.Timeout | undefined;

  const send = async (texts: readonly string[]): Promise<void> => {
    for (const text of texts) {
      if (budget.cut) return;
      budget.left -= Buffer.byteLength(text) + 1;
      if (budget.left >= 0) await options.line(stream, text);
      else {
        budget.cut = true;
        await options.line("system", `Output is cut here: a step stores at most ${limits.stepOutputBytes} bytes`);
      }
    }
  };

  return {
    write: async (chunk) => {
      clearTimeout(idle);
      await send(lines.push(masked.write(chunk)));
      // A line that ends like the beginning of a value is shown if no more output follows.
      idle = setTimeout(() => void send(lines.push(masked.flush())), idleMs);
    },
    end: async () => {
      clearTimeout(idle);
      await send(lines.push(masked.end()));
      await send(lines.end());
    },
  };
}
