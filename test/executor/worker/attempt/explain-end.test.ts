import { expect, test } from "vitest";
import type { StepEnd } from "../../../../executor/src/child/run-step.ts";
import { explainEnd, timeoutOf } from "../../../../executor/src/worker/attempt/explain-end.ts";

const ended: StepEnd = {
  exitCode: 0,
  signal: undefined,
  timedOut: false,
  cancelled: false,
  channelBroken: undefined,
  exceeded: undefined,
  use: undefined,
  durationMs: 1,
};
const plan = { script: "main.sh", timeoutMs: 90_000 };
const explain = (end: Partial<StepEnd>, hasPrinted = true) =>
  explainEnd({ ...ended, ...end }, plan, { hasPrinted })?.message;

test("explainEnd() points to the output of a script only if it printed something", () => {
  expect(explain({})).toBeUndefined();
  expect(explain({ exitCode: 3 })).toBe("main.sh ended with exit code 3; its output says why");
  expect(explain({ exitCode: 3 }, false)).toBe("main.sh ended with exit code 3 and printed nothing");
  expect(explain({ exitCode: 137, signal: "SIGKILL" }, false)).toBe("main.sh was ended by SIGKILL and printed nothing");
  expect(explain({ exitCode: undefined })).toBe("main.sh was killed; its output says why");
});

test("explainEnd() names a timeout before the exit code that follows from it", () => {
  expect(explain({ exitCode: 143, timedOut: true })).toMatch(/^main\.sh ran longer than its timeout of 90 s/);
  expect(explain({ exitCode: 143, cancelled: true })).toBe("main.sh was ended with its attempt");
});

test("timeoutOf() is the step's own, or the default", () => {
  expect(timeoutOf(plan)).toBe(90_000);
  expect(timeoutOf({})).toBeGreaterThan(90_000);
});
