import { setImmediate } from "node:timers/promises";
import type { LogStream } from "@sealrun/protocol";
import { pieceBytes } from "../../mask/match/mask-stream.ts";
import type { Masker } from "../../mask/masker.ts";
import { createLogLines } from "./log-lines.ts";
import type { OutputGate } from "./output-gate.ts";

const idleMs = 100;

/** One of a script's two output streams: masked, then cut into lines, then limited in size and pace. */
export interface StepOutput {
  /** Takes bytes as the script wrote them; the promise is pending while lines cannot be passed on. */
  readonly write: (chunk: Uint8Array) => Promise<void>;
  /** Call it after the script's end: passes on what was held back, masked. */
  readonly end: () => Promise<void>;
}

/** Passes a stream's lines to `line`, through the gate of its step. */
export function createStepOutput(options: {
  readonly stream: LogStream;
  readonly masker: Masker;
  readonly gate: OutputGate;
  readonly line: (stream: LogStream, text: string) => Promise<void>;
}): StepOutput {
  const { stream, gate } = options;
  const masked = options.masker.stream();
  const lines = createLogLines();
  let idle: NodeJS.Timeout | undefined;

  const send = async (texts: readonly string[]): Promise<void> => {
    for (const text of texts) await gate.pass(0, async () => options.line(stream, text));
  };

  return {
    write: async (chunk) => {
      clearTimeout(idle);
      await gate.count(chunk.length);
      for (let from = 0; from < chunk.length; from += pieceBytes) {
        // A pipe gives at most one piece at once. Between pieces, other runs and the lease have their turn.
        if (from > 0) await setImmediate();
        await send(lines.push(masked.write(chunk.subarray(from, from + pieceBytes))));
      }
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
