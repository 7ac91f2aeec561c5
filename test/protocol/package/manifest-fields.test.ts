import { describe, expect, test } from "vitest";
import {
  maxConcurrent,
  mayBeBlank,
  priority,
  retry,
  schedule,
  timeout,
} from "../../../packages/protocol/src/package/manifest-fields.ts";

test.each([
  ["30s", 30],
  ["1.5m", 90],
  ["2h", 7_200],
  ["250ms", 0.25],
  [45, 45],
])("timeout reads %s as %d seconds", (given, seconds) => expect(timeout.parse(given)).toBe(seconds));

test.each(["", "5", "5 m", "-5s", "5d", "169h", 0, -1, 604_801, Number.NaN, null, true, {}])(
  "timeout refuses %j",
  (given) => {
    expect(timeout.safeParse(given).success).toBe(false);
  },
);

describe("retry", () => {
  test("retry reads a number as attempts without a delay", () =>
    expect(retry.parse(3)).toEqual({ attempts: 3, delay: 0, backoff: 1, max_delay: 3_600 }));
  test("retry reads attempts, delay, backoff and the longest wait", () =>
    expect(retry.parse({ attempts: 2, delay: "1m", backoff: 2.5, max_delay: "5m" })).toEqual({
      attempts: 2,
      delay: 60,
      backoff: 2.5,
      max_delay: 300,
    }));
  test.each([0, 21, 1.5, "3", { attempts: 1, delay: "x" }, { attempts: 2, backoff: 0.5 }])(
    "retry refuses %j",
    (given) => expect(retry.safeParse(given).success).toBe(false),
  );
});

describe("schedule", () => {
  test.each(["*/5 * * * *", "0 0 1 JAN *", "0 30 9 * * MON-FRI"])("schedule reads %s", (cron) =>
    expect(schedule.parse(cron)).toEqual({ cron, missed: "skip" }),
  );
  test("schedule reads a time zone", () => {
    const given = { cron: "0 7 * * *", timezone: "Europe/Zurich", missed: "run_once" };
    expect(schedule.parse(given)).toEqual(given);
  });
  test.each([
    "",
    "* * * *",
    "* * * * * * *",
    "0 7 * * $(x)",
    { cron: "* * * * *", timezone: "a b" },
    { cron: "* * * * *", missed: "all" },
  ])("schedule refuses %j", (given) => {
    expect(schedule.safeParse(given).success).toBe(false);
  });
});

test.each([
  ["5", 5],
  [1, 1],
  ["10", 10],
])("priority reads %j", (given, number) => expect(priority.parse(given)).toBe(number));
test.each([0, 11, "0", "five", 1.5, null])("priority refuses %j", (given) =>
  expect(priority.safeParse(given).success).toBe(false),
);

test("mayBeBlank() treats empty text and null as absent, and no other value", () => {
  const field = mayBeBlank(priority);
  expect([field.parse(""), field.parse(null), field.parse(undefined), field.parse(5)]).toEqual([
    undefined,
    undefined,
    undefined,
    5,
  ]);
  expect(field.safeParse(0).success).toBe(false);
});

test.each([1, 10_000])("maxConcurrent reads %d", (given) => expect(maxConcurrent.parse(given)).toBe(given));
test.each([0, 10_001, 1.5, "2", null])("maxConcurrent refuses %j", (given) =>
  expect(maxConcurrent.safeParse(given).success).toBe(false),
);
