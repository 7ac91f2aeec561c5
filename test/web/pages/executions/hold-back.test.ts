import { executionList } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { holdBack } from "../../../../packages/web/src/pages/executions/hold-back.ts";

const { executions: rows } = executionList.parse({
  executions: ["3", "2", "1"].map((minute) => ({
    id: `exe_${minute.repeat(20)}`,
    project: "acme",
    package: "report",
    version: 1,
    status: "queued",
    createdAt: `2026-11-21T10:0${minute}:00.000Z`,
    startedAt: null,
    finishedAt: null,
    trigger: { kind: "request" },
    executor: null,
    waiting: null,
  })),
  next: null,
});

test("holdBack() shows all rows before the first click", () => {
  expect(holdBack(rows, undefined)).toEqual({ shown: rows, newer: 0 });
});

test("holdBack() counts what came after the newest row that was read, and shows the rest", () => {
  const { shown, newer } = holdBack(rows, "2026-11-21T10:01:00.000Z");
  expect(newer).toBe(2);
  expect(shown.map(({ id }) => id)).toEqual([`exe_${"1".repeat(20)}`]);
});

test("holdBack() holds nothing back when the newest row that was read has left the list", () => {
  expect(holdBack(rows, "2026-11-21T10:04:00.000Z").newer).toBe(0);
});
