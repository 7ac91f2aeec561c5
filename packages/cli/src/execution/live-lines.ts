import type { EarlyLine, LiveEvent } from "@sealrun/protocol";
import type { Output } from "../output.ts";
import { printLogLine } from "./print-execution.ts";

/** Prints the lines of one execution as its events come. */
export interface LiveLines {
  readonly print: (event: LiveEvent) => void;
  /**
   * Call it when no event follows: a line that was never stored is said to be so. With `told`, a last line of sealrun's
   * own that says only this is left out, because the command ends with it.
   */
  readonly close: (told?: string) => void;
}

/**
 * Prints an early line at once, and not again when it is stored, also over a reconnect. A printed line cannot be taken
 * back: if something else is stored in its place, or nothing, a note says so.
 */
export function createLiveLines(output: Output): LiveLines {
  let early: EarlyLine | undefined;
  // Why a run failed before its first script: it may be the last line.
  let held: EarlyLine | undefined;
  const show = (line: EarlyLine): void => {
    flush();
    if (line.step === null && line.level === "error") held = line;
    else printLogLine(output, line);
  };
  const flush = (): void => {
    if (held !== undefined) printLogLine(output, held);
    held = undefined;
  };
  const print = (event: LiveEvent): void => {
    if (event.kind === "early") {
      if (early !== undefined && isSame(early, event.line)) return;
      noteEarly();
      early = event.line;
      show(early);
    } else if (event.kind === "log") {
      const before = early;
      early = undefined;
      if (before !== undefined && isSame(before, event.line)) return;
      if (before !== undefined) {
        flush();
        output.note(`${shownTooEarly}; other output was stored before it, and the log continues here as it is stored`);
      }
      show(event.line);
    } else if (event.kind === "end") noteEarly();
  };
  const noteEarly = (): void => {
    if (early === undefined) return;
    flush();
    output.note(`${shownTooEarly}; the platform has not confirmed that it is stored`);
    early = undefined;
  };
  const close = (told?: string): void => {
    if (held?.text === told) held = undefined;
    noteEarly();
    flush();
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
