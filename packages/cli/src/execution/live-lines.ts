import type { EarlyLine, LiveEvent } from "@sealrun/protocol";
import type { Output } from "../output.ts";
import { printLogLine } from "./print-execution.ts";

/** Prints the lines of one execution as its events come. */
export interface LiveLines {
  readonly print: (event: LiveEvent) => void;
  /** Call it when no event follows: a line that was never stored is said to be so. */
  readonly close: () => void;
}

/**
 * Prints an early line at once, and not again when it is stored, also over a reconnect. A printed line cannot be taken
 * back: if something else is stored in its place, or nothing, a note says so.
 */
export function createLiveLines(output: Output): LiveLines {
  let early: EarlyLine | undefined;
  const print = (event: LiveEvent): void => {
    if (event.kind === "early") {
      if (early !== undefined && isSame(early, event.line)) return;
      close();
      early = event.line;
      printLogLine(output, early);
    } else if (event.kind === "log") {
      const before = early;
      early = undefined;
      if (before !== undefined && isSame(before, event.line)) return;
      if (before !== undefined) {
        output.note(`${shownTooEarly}; other output was stored before it, and the log continues here as it is stored`);
      }
      printLogLine(output, event.line);
    } else if (event.kind === "end") close();
  };
  const close = (): void => {
    if (early !== undefined) output.note(`${shownTooEarly}; the platform has not confirmed that it is stored`);
    early = undefined;
  };
  return { print, close };
}

const shownTooEarly = "the last line above was shown when it arrived";

function isSame(early: EarlyLine, stored: EarlyLine): boolean {
  const { step, stream, level, text, time } = early;
  return (
    stored.step === step &&
    stored.stream === stream &&
    stored.level === level &&
    stored.text === text &&
    stored.time === time
  );
}
