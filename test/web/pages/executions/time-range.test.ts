import { expect, test } from "vitest";
import { ofLocalField, showRange, toLocalField } from "../../../../packages/web/src/pages/executions/time-range.ts";

test("showRange() says both ends, one, or none", () => {
  const [since, until] = ["2026-11-21T10:00:00.000Z", "2026-11-21T10:30:00.000Z"];
  expect(showRange(since, until)).toMatch(/^\d+ \w+, \d\d:\d\d – \d+ \w+, \d\d:\d\d$/);
  expect(showRange(since, undefined)).toMatch(/^since /);
  expect(showRange(undefined, until)).toMatch(/^before /);
  expect(showRange(undefined, undefined)).toBe("any time");
  expect(showRange("nonsense", undefined)).toBe("since ?");
});

test("toLocalField() and ofLocalField() undo each other to the minute, in any zone", () => {
  const at = "2026-11-21T10:30:00.000Z";
  expect(ofLocalField(toLocalField(at))).toBe(at);
  expect(toLocalField(undefined)).toBe("");
  expect(toLocalField("nonsense")).toBe("");
  expect(ofLocalField("")).toBeUndefined();
});
