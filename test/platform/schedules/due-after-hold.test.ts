import { describe, expect, test } from "vitest";
import { decideAfterHold } from "../../../packages/platform/src/schedules/due-after-hold.ts";

const at = (time: string): Date => new Date(`2026-03-01T${time}:00.000Z`);
const hourly = { cron: "0 * * * *", timezone: null };
const given = {
  rule: hourly,
  missed: "run_once",
  dueAt: at("02:00"),
  resumedAt: at("05:30"),
  unknownUntil: null,
} as const;

describe("decideAfterHold()", () => {
  test("decideAfterHold() ignores due times after the hold, and all when there was no hold", () => {
    expect(decideAfterHold({ ...given, dueAt: at("06:00") })).toBeUndefined();
    expect(decideAfterHold({ ...given, resumedAt: null })).toBeUndefined();
  });

  test("decideAfterHold() runs the last missed time once for all, or forgets them", () => {
    expect(decideAfterHold(given)).toEqual({ run: at("05:00"), next: at("06:00") });
    expect(decideAfterHold({ ...given, missed: "skip" })).toEqual({ run: undefined, next: at("06:00") });
    expect(decideAfterHold({ ...given, resumedAt: at("05:00") })).toEqual({ run: at("05:00"), next: at("06:00") });
    expect(decideAfterHold({ ...given, resumedAt: at("02:00") })).toEqual({ run: at("02:00"), next: at("03:00") });
  });

  test("decideAfterHold() never runs what may have run on the database that was restored", () => {
    expect(decideAfterHold({ ...given, unknownUntil: at("05:10") })).toEqual({ run: undefined, next: at("06:00") });
    expect(decideAfterHold({ ...given, unknownUntil: at("04:10") })).toEqual({ run: at("05:00"), next: at("06:00") });
  });

  test("decideAfterHold() runs a single time late, but not one that may have run", () => {
    const single = { ...given, rule: undefined };
    expect(decideAfterHold(single)).toEqual({ run: at("02:00"), next: undefined });
    expect(decideAfterHold({ ...single, unknownUntil: at("02:01") })).toEqual({ run: undefined, next: undefined });
  });
});
