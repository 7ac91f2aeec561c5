import { lastWritten } from "@sealrun/protocol";
import { visibleLine } from "../../../parts/log/ansi.ts";
import { findPattern } from "../../../parts/log/line-parts.ts";
import type { KeptLine, LogStore, Stream } from "./log-store.ts";

/** Which lines are wanted; an undefined or empty field keeps all. */
export interface LogFilter {
  readonly step?: string | undefined;
  readonly streams: readonly Stream[];
  readonly levels: readonly string[];
  readonly find: string;
}

/** The lines of a store that pass a filter, and the lines among them that match the search. */
export interface LogView {
  /** Indices into the store, in order. */
  readonly rows: readonly number[];
  /** Indices into `rows`, in order. */
  readonly matches: readonly number[];
  /** Adds the lines that arrived since the last call. True when there were any. */
  readonly update: () => boolean;
}

/** A view of a store; `update` fills it. */
export function createLogView(store: LogStore, filter: LogFilter): LogView {
  const rows: number[] = [];
  const matches: number[] = [];
  const pattern = findPattern(filter.find);
  let seen = 0;
  return {
    rows,
    matches,
    update: () => {
      const before = seen;
      for (; seen < store.size(); seen += 1) {
        const line = store.at(seen);
        if (line === undefined || !isWanted(line, filter)) continue;
        if (pattern !== undefined && isFound(pattern, line.text)) matches.push(rows.length);
        rows.push(seen);
      }
      return seen > before;
    },
  };
}

/** The match after or before the current one; it wraps around. Undefined without matches. */
export function nextMatch(view: Pick<LogView, "matches">, current: number | undefined, by: 1 | -1): number | undefined {
  const count = view.matches.length;
  if (count === 0) return undefined;
  if (current === undefined) return by === 1 ? 0 : count - 1;
  return (current + by + count) % count;
}

/** The place in `rows` of a line of the store, or of the next shown line after it. */
export function rowOf(rows: readonly number[], index: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** True when a line passes a filter; the search filters nothing. */
export function isWanted(line: KeptLine, { step, streams, levels }: Omit<LogFilter, "find">): boolean {
  if (step !== undefined && line.step !== step) return false;
  if (streams.length > 0 && !streams.includes(line.stream)) return false;
  return levels.length === 0 || levels.includes(line.level ?? "");
}

function isFound(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(visibleLine(lastWritten(text)));
}
