import { visibleLine } from "../../../parts/log/ansi.ts";
import type { KeptLine, LogStore } from "./log-store.ts";

/** A line as plain text: its time in UTC, its step, its level, and its text without colours. */
export function lineAsText({ timeMs, step, level, text }: KeptLine): string {
  const origin = step === null ? "" : ` [${step}]`;
  const weight = level === null ? "" : ` ${level.toUpperCase()}`;
  return `${new Date(timeMs).toISOString()}${origin}${weight} ${visibleLine(text)}`;
}

/** The whole log as text, one piece for each line. */
export function logAsText(store: LogStore): readonly string[] {
  return Array.from({ length: store.size() }, (_, index) => {
    const line = store.at(index);
    return line === undefined ? "" : `${lineAsText(line)}\n`;
  });
}
