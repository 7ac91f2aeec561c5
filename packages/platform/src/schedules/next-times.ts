import type { CronRule } from "./cron-times.ts";
import { nextDue } from "./due-times.ts";

/** The next due time and those after it, at most `count`; none without a next one. A single due time has no rule. */
export function nextTimes(rule: CronRule | undefined, nextAt: Date | undefined, count: number): readonly Date[] {
  const times: Date[] = [];
  let next = nextAt;
  while (next !== undefined && times.length < count) {
    times.push(next);
    next = rule === undefined ? undefined : nextDue(rule, next);
  }
  return times;
}
