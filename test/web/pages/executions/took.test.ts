import { expect, test } from "vitest";
import { showTook } from "../../../../packages/web/src/pages/executions/took.ts";

const startedAt = "2026-11-21T10:00:00.000Z";
const nowMs = Date.parse("2026-11-21T10:00:09.000Z");

test("showTook() says how long one ran that has ended, and how long one has been running", () => {
  const finishedAt = "2026-11-21T10:00:02.500Z";
  expect(showTook({ startedAt, finishedAt, status: "succeeded" }, nowMs)).toBe("2.5 s");
  expect(showTook({ startedAt, finishedAt: null, status: "running" }, nowMs)).toBe("9.0 s");
});

test("showTook() says nothing of one that did not start, nor a time before zero", () => {
  expect(showTook({ startedAt: null, finishedAt: null, status: "queued" }, nowMs)).toBeUndefined();
  expect(showTook({ startedAt, finishedAt: null, status: "running" }, nowMs - 60_000)).toBe("0 ms");
});
