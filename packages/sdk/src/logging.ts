import { format } from "node:util";
import { ask } from "./ask.ts";
import type { JsonValue } from "./json-value.ts";
import { contextConfig } from "./run.ts";
import type { LogLevel } from "./request.ts";

/** Python's numbers of levels: Ferris scripts use its names or numbers. */
const levels: Readonly<Record<LogLevel, number>> = { debug: 10, info: 20, warning: 30, error: 40, critical: 50 };

let threshold: number | undefined;

/** Log lines with a level, besides what the script prints. Lines below the level (`config.LOG_LEVEL`, else info) are not sent. */
export const logging = {
  debug: (...message: readonly unknown[]): void => log("debug", message),
  info: (...message: readonly unknown[]): void => log("info", message),
  warning: (...message: readonly unknown[]): void => log("warning", message),
  error: (...message: readonly unknown[]): void => log("error", message),
  critical: (...message: readonly unknown[]): void => log("critical", message),
  /** The lowest level to send: a name in any case, or Python's number for it. An unknown one means info. */
  setLevel: (level: string | number): void => {
    threshold = readLevel(level);
  },
} as const;

function log(level: LogLevel, message: readonly unknown[]): void {
  threshold ??= readLevel(contextConfig()["LOG_LEVEL"]);
  if (levels[level] < threshold) return;
  ask({ op: "log", level, message: format(...message).toWellFormed() });
}

function readLevel(level: JsonValue | undefined): number {
  if (typeof level === "number") return level;
  const name = typeof level === "string" ? level.toLowerCase() : "";
  const known = { ...levels, warn: levels.warning, fatal: levels.critical };
  return Object.entries(known).find(([key]) => key === name)?.[1] ?? levels.info;
}
