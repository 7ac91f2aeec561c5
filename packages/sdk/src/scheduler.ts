import { askForValue } from "./ask.ts";
import { SealrunError } from "./error.ts";
import { optionalText, refuseUnknown, requireFields } from "./events.ts";
import type { JsonObject } from "./json-value.ts";

/** When a package runs again: once after a delay, or repeatedly by cron text. */
export interface Later {
  readonly seconds?: number;
  readonly minutes?: number;
  readonly hours?: number;
  readonly days?: number;
  /** 5 fields, or 6 with seconds first. */
  readonly cron?: string;
  /** The time zone of the cron text; UTC by default. */
  readonly timezone?: string;
  /** Parameters of those runs; sealed before they are sent. */
  readonly parameters?: JsonObject;
}

const unitMs = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
const units = ["seconds", "minutes", "hours", "days"] as const;

/**
 * Schedules later runs of this package and gives the schedule's id once it is committed; "OK" in local mode. Throws for
 * no delay, for a delay together with cron text, and for invalid cron text.
 */
export function schedule(later: Later): string {
  refuseUnknown(later, [...units, "cron", "timezone", "parameters"]);
  const delayMs = units.reduce((sum, unit) => sum + readAmount(later[unit], unit) * unitMs[unit], 0);
  const cron = optionalText(later.cron, "cron text");
  const timezone = optionalText(later.timezone, "a time zone");
  const id = askForValue({
    op: "schedule",
    ...(delayMs === 0 ? {} : { delayMs }),
    ...(cron === undefined ? {} : { cron }),
    ...(timezone === undefined ? {} : { timezone }),
    value: requireFields(later.parameters, "parameters"),
  });
  return typeof id === "string" ? id : "";
}

function readAmount(value: unknown, unit: string): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw new SealrunError("MALFORMED", `sealrun: ${unit} must be a number of 0 or more; nothing was sent`);
}
