import { expect, test } from "vitest";
import { parseDuration, readAge } from "../../packages/cli/src/parse-duration.ts";
import { refusalOf } from "../support/refusal.ts";

test.each([
  ["90s", 90_000],
  ["10m", 600_000],
  ["2h", 7_200_000],
  ["24d", 2_073_600_000],
])("parseDuration() reads %s", (text, ms) => {
  expect(parseDuration("--timeout")(text)).toBe(ms);
});

test.each(["", "0s", "5", "1.5h", "-1s", "25d", "soon"])("parseDuration() refuses %j, and names the option", (text) => {
  expect(refusalOf(() => parseDuration("--timeout")(text))).toMatchObject({
    code: "USAGE",
    message: expect.stringMatching(/^--timeout: expected a time such as 90s/),
  });
});

test("readAge() gives nothing for a time of the calendar", () => {
  expect(readAge("2026-01-31T12:00:00Z")).toBeUndefined();
});
