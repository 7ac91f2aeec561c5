import type { FeedEntry } from "../feed/feed-store.ts";
import type { StoredStep } from "./step-store.ts";

/** What a step's change looks like in the feed. */
export function stepEntry({
  position,
  script,
  name,
  status,
  exitCode,
  durationMs,
}: Pick<StoredStep, "position" | "script" | "name" | "status" | "exitCode" | "durationMs">): FeedEntry {
  return { kind: "step", step: position, body: { script, name, status, exitCode, durationMs } };
}

/** A line that the platform adds to an execution's output. */
export function systemLine(level: "info" | "warning", text: string): FeedEntry {
  return {
    kind: "log",
    step: null,
    stream: "system",
    body: { step: null, level, text, time: new Date().toISOString() },
  };
}
