import type { Manifest } from "@sealrun/protocol";
import { cronInWords } from "../../parts/time/cron-words.ts";

/** When a package starts automatically, in words; undefined when it does not. */
export function scheduleText({ schedule, trigger_events: events = [] }: Manifest): string | undefined {
  const due =
    schedule === undefined
      ? []
      : [
          `${cronInWords(schedule.cron) ?? `at ${schedule.cron}`} (${schedule.timezone ?? "UTC"})${schedule.missed === "run_once" ? ", one run for missed starts" : ""}`,
        ];
  const triggered = events.length === 0 ? [] : [`on ${events.join(", ")}`];
  const all = [...due, ...triggered];
  return all.length === 0 ? undefined : all.join("; ");
}

/** A duration in the largest unit that fits: `500 ms`, `30 s`, `5 min`, `2 h`. */
export function spanText(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${ms / 1_000} s`;
  return ms < 3_600_000 ? `${Math.round(ms / 6_000) / 10} min` : `${Math.round(ms / 360_000) / 10} h`;
}
