import type { StepInfo } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { showStarted } from "../../../../../packages/web/src/pages/execution/steps/started-steps.ts";
import { stepInfo } from "../../../../support/step-info.ts";

const step = (name: string, status: StepInfo["status"]): StepInfo => stepInfo(`${name}.py`, { name, status });
const states = (steps: readonly StepInfo[]) => steps.map(({ status, startedAt }) => [status, startedAt]);

test("showStarted() has a step running from its first line on, before its start is stored", () => {
  const lines = new Map([["one", { firstMs: 1_000, lastMs: 5_000 }]]);
  const shown = showStarted([step("one", "pending"), step("two", "pending")], (name) => lines.get(name), -Infinity);
  expect(states(shown)).toEqual([
    ["running", "1970-01-01T00:00:01.000Z"],
    ["pending", null],
  ]);
});

test("showStarted() changes no step whose state is known", () => {
  const known = (["running", "succeeded", "failed", "skipped"] as const).map((status) => step(status, status));
  expect(showStarted(known, () => ({ firstMs: 1, lastMs: 2 }), -Infinity)).toEqual(known);
});

test("showStarted() takes no line of an earlier attempt for a start", () => {
  const of = (lastMs: number) =>
    states(showStarted([step("one", "pending")], () => ({ firstMs: 1_000, lastMs }), 3_000));
  expect(of(2_000)).toEqual([["pending", null]]);
  expect(of(4_000)).toEqual([["running", "1970-01-01T00:00:03.000Z"]]);
});
