import type { LiveEvent } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { isKnown, lastWords } from "../../../../../packages/web/src/pages/execution/log/told-changes.ts";

type Step = Extract<LiveEvent, { kind: "step" }>;
const step = (name: string, status: Step["status"]): Step => ({
  kind: "step",
  script: `${name}.py`,
  name,
  status,
  exitCode: null,
  durationMs: null,
});
const execution = {
  status: "running",
  steps: [{ script: "one.py", name: "one", status: "running" }],
  reportsComplete: false,
} as const;

test("lastWords() keeps the last status and the last state of each step", () => {
  const last = [step("one", "succeeded"), step("two", "running")];
  expect(lastWords([{ kind: "status", status: "queued" }, step("one", "running"), ...last])).toEqual([
    { kind: "status", status: "queued" },
    ...last,
  ]);
  expect(
    lastWords([
      { kind: "status", status: "queued" },
      { kind: "status", status: "running" },
    ]),
  ).toEqual([{ kind: "status", status: "running" }]);
});

test("isKnown() compares the status and the step of that name", () => {
  expect(isKnown({ kind: "status", status: "running" }, execution)).toBe(true);
  expect(isKnown({ kind: "status", status: "queued" }, execution)).toBe(false);
  expect(isKnown(step("one", "running"), execution)).toBe(true);
  expect(isKnown(step("one", "failed"), execution)).toBe(false);
  expect(isKnown(step("two", "running"), execution)).toBe(false);
});

test("isKnown() knows an end only once all reports are in", () => {
  const end = { kind: "end", status: "failed", logDeleted: null } as const;
  const ended = { ...execution, status: "failed" } as const;
  expect(isKnown(end, ended)).toBe(false);
  expect(isKnown(end, { ...ended, reportsComplete: true })).toBe(true);
});
