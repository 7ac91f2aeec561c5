import { expect, test } from "vitest";
import { checkSchedule } from "../../../packages/platform/src/schedules/check-schedule.ts";
import { refusalOf } from "../../support/refusal.ts";

test("checkSchedule() takes a manifest without a schedule, and one whose times come", () => {
  expect(checkSchedule(undefined)).toBeUndefined();
  expect(checkSchedule({ schedule: { cron: "0 7 * * 1-5", missed: "skip" } })).toBeUndefined();
});

test("checkSchedule() names the field of a schedule that cannot be followed", () => {
  const { code, message } = refusalOf(() => checkSchedule({ schedule: { cron: "99 * * * *", missed: "skip" } }));
  expect(code).toBe("MANIFEST_INVALID");
  expect(message).toMatch(/^manifest\.json: schedule: /);
});
