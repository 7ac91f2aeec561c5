import type { EarlyLine, LogLine } from "@sealrun/protocol";
import type { LineTimes } from "../steps/started-steps.ts";

/** Where a line came from. */
export type Stream = LogLine["stream"];

/** One stored line, built when it is read. `number` counts from 1. */
export interface KeptLine {
  readonly number: number;
  readonly step: string | null;
  readonly stream: Stream;
  readonly level: string | null;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
}

/** The lines of one execution, stored in columns so that a hundred thousand of them stay small. */
export interface LogStore {
  /** Adds lines in their order; lines already stored are ignored. Calls each listener once. */
  readonly append: (lines: readonly LogLine[]) => void;
  /** How many lines there are. It only grows. */
  readonly size: () => number;
  /** The line at an index from 0; undefined past the end. */
  readonly at: (index: number) => KeptLine | undefined;
  /** Where to continue reading: the last line's cursor. */
  readonly lastCursor: () => string | undefined;
  /** A line that is not stored yet: it comes after all others, and is gone when the next lines are added. */
  readonly early: () => KeptLine | undefined;
  readonly setEarly: (line: EarlyLine | undefined) => void;
  /** When lines of a step were written, with the one that is not stored yet; undefined without any. */
  readonly linesOf: (step: string) => LineTimes | undefined;
  readonly subscribe: (listener: () => void) => () => void;
}

/** An empty store. */
export function createLogStore(): LogStore {
  const texts: string[] = [];
  const times: number[] = [];
  const kinds: number[] = [];
  const names = createNames();
  const stepTimes = new Map<string, LineTimes>();
  const listeners = new Set<() => void>();
  let last: string | undefined;
  let early: KeptLine | undefined;

  const isNew = (line: LogLine): boolean => last === undefined || BigInt(line.cursor) > BigInt(last);
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    append: (lines) => {
      const before = texts.length;
      for (const line of lines) {
        if (!isNew(line)) continue;
        texts.push(line.text);
        const timeMs = Date.parse(line.time);
        times.push(timeMs);
        if (line.step !== null) stepTimes.set(line.step, withLine(stepTimes.get(line.step), timeMs));
        kinds.push(names.indexOf({ step: line.step, stream: line.stream, level: line.level }));
        last = line.cursor;
      }
      if (texts.length === before) return;
      early = undefined;
      tell();
    },
    size: () => texts.length,
    at: (index) => {
      const text = texts[index];
      const origin = names.at(kinds[index] ?? -1);
      if (text === undefined || origin === undefined) return undefined;
      return { ...origin, number: index + 1, text, timeMs: times[index] ?? 0 };
    },
    lastCursor: () => last,
    early: () => early,
    setEarly: (line) => {
      if (line === undefined && early === undefined) return;
      early = line && { ...line, number: texts.length + 1, timeMs: Date.parse(line.time) };
      tell();
    },
    linesOf: (step) => {
      const stored = stepTimes.get(step);
      return early?.step === step ? withLine(stored, early.timeMs) : stored;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function withLine(before: LineTimes | undefined, timeMs: number): LineTimes {
  return { firstMs: before?.firstMs ?? timeMs, lastMs: timeMs };
}

type Origin = Pick<KeptLine, "step" | "stream" | "level">;

/** Each combination of step, stream and level is stored once: an execution has a handful. */
function createNames(): {
  readonly indexOf: (origin: Origin) => number;
  readonly at: (index: number) => Origin | undefined;
} {
  const origins: Origin[] = [];
  const places = new Map<string, number>();
  return {
    indexOf: (origin) => {
      const key = JSON.stringify([origin.step, origin.stream, origin.level]);
      const known = places.get(key);
      if (known !== undefined) return known;
      places.set(key, origins.length);
      return origins.push(origin) - 1;
    },
    at: (index) => origins[index],
  };
}
