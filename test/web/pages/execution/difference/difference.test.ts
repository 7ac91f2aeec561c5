import { describe, expect, test } from "vitest";
import {
  type Compared,
  findDifference,
  isAlike,
  isNotable,
  timeOf,
} from "../../../../../packages/web/src/pages/execution/difference/difference.ts";

const step = {
  script: "main.py",
  name: "main.py",
  status: "succeeded",
  exitCode: 0,
  startedAt: null,
  durationMs: 1,
  tries: 1,
  output: "",
  result: { rows: 1, list: [] },
  error: null,
} as const;
const row = {
  name: "DB_PASS",
  scope: "project",
  version: 1,
  step: "main.py",
  attempt: 1,
  outcome: "read",
  masking: "all",
  time: "2026-01-02T03:04:05Z",
} as const;
const green: Compared = {
  version: 3,
  steps: [{ ...step, result: { rows: 1, list: [] } }],
  parameters: { visible: { days: 7, gone: true }, sealedNames: ["token"] },
  receipt: [row],
};

describe("findDifference()", () => {
  test("findDifference() finds nothing between identical runs", () => {
    expect(isAlike(findDifference(green, green))).toBe(true);
  });

  test("findDifference() names what changed, with both sides", () => {
    const found = findDifference(green, {
      version: 4,
      steps: [{ ...step, status: "failed", exitCode: 3, result: { rows: 2, list: [5] } }],
      parameters: { visible: { days: 8 }, sealedNames: ["token", "more"] },
      receipt: [
        { ...row, version: 2 },
        { ...row, name: "API_KEY", outcome: "missing", scope: null, version: null },
      ],
    });
    expect(isAlike(found)).toBe(false);
    expect(found.version).toEqual({ name: "version", before: "3", now: "4" });
    expect(found.steps).toEqual([{ name: "main.py", before: "succeeded, exit code 0", now: "failed, exit code 3" }]);
    expect(found.parameters).toEqual([
      { name: "days", before: "7", now: "8" },
      { name: "gone", before: "true", now: undefined },
      { name: "more", before: undefined, now: "given, sealed" },
    ]);
    expect(found.secrets).toEqual([
      { name: "DB_PASS in main.py", before: "project, version 1", now: "project, version 2" },
      { name: "API_KEY in main.py", before: undefined, now: "missing" },
    ]);
    expect(found.results).toEqual([
      { name: "main.py.rows", before: "1", now: "2" },
      { name: "main.py.list", before: "[]", now: undefined },
      { name: "main.py.list[0]", before: undefined, now: "5" },
    ]);
  });

  test("isNotable() is silent about a few milliseconds and about a few percent", () => {
    expect([isNotable(10, 90), isNotable(10_000, 10_500), isNotable(1_000, 1_300)]).toEqual([false, false, true]);
  });
});

test("timeOf() gives no time of a step that did not run", () => {
  expect(timeOf({ ...step, durationMs: 396 })).toBe(396);
  expect(timeOf({ ...step, status: "skipped", durationMs: 0 })).toBeUndefined();
  expect(timeOf({ ...step, status: "running", durationMs: null })).toBeUndefined();
  expect(timeOf(undefined)).toBeUndefined();
});
