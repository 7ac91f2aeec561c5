import { expect, test } from "vitest";
import { stepEntry, systemLine } from "../../../packages/platform/src/executions/feed-entries.ts";

test("stepEntry() has the status of a step, and not its result", () => {
  const step = { position: 1, script: "a.sh", name: "a", status: "failed", exitCode: 1, durationMs: 5 } as const;
  const given = { ...step, result: "secret" };
  expect(stepEntry(given)).toEqual({
    kind: "step",
    step: 1,
    body: { script: "a.sh", name: "a", status: "failed", exitCode: 1, durationMs: 5 },
  });
});

test("systemLine() is a line of no step, with the time of now", () => {
  const before = new Date().toISOString();
  const entry = systemLine("warning", "it did");
  expect(entry).toMatchObject({
    kind: "log",
    step: null,
    stream: "system",
    body: { level: "warning", text: "it did" },
  });
  expect(entry.kind === "log" && entry.body.time >= before).toBe(true);
});
