import { describe, expect, test } from "vitest";
import {
  closeStep,
  endStep,
  endStepEarly,
  noteTry,
  smallInteger,
  startStep,
} from "../../../packages/platform/src/executions/step-changes.ts";
import type { StepState } from "../../../packages/platform/src/executions/step-store.ts";

const at = "1970-01-01T00:00:05.000Z";
const pending: StepState = {
  position: 0,
  script: "main.sh",
  name: "main.sh",
  status: "pending",
  exitCode: null,
  startedAt: null,
  durationMs: null,
  peakMemoryBytes: null,
  cpuMs: null,
  tries: 0,
  error: null,
  isToldEarly: false,
};
const running: StepState = { ...pending, status: "running", startedAt: at, tries: 1 };
const error = { code: "SCRIPT_FAILED", message: "it did" };
const told: StepState = { ...pending, status: "failed", exitCode: 1, durationMs: 5, error, isToldEarly: true };
const ended: StepState = { ...running, status: "succeeded", exitCode: 0, durationMs: 5 };
const end = { status: "succeeded", exitCode: 0, durationMs: 5 } as const;

describe("startStep()", () => {
  test("startStep() starts a pending step once", () => {
    expect(startStep(pending, at)).toEqual({ ...running, tries: 0 });
    for (const step of [running, ended]) expect(startStep(step, at)).toBeUndefined();
  });

  test("startStep() gives a step that ended early its time, and keeps its status", () => {
    expect(startStep(told, at)).toEqual({ ...told, startedAt: at });
    expect(startStep({ ...told, startedAt: at }, "1970-01-01T00:00:09.000Z")?.startedAt).toBe(at);
  });
});

describe("noteTry()", () => {
  test("noteTry() only raises the number, of a step that runs or ended early", () => {
    expect(noteTry(running, 2)?.tries).toBe(2);
    expect(noteTry(told, 1)?.tries).toBe(1);
    expect(noteTry(running, 3_000_000_000)).toBeUndefined();
    for (const step of [running, pending, ended]) expect(noteTry(step, 1)).toBeUndefined();
  });
});

describe("endStep()", () => {
  test("endStep() and endStepEarly() keep what a step used, and null where it was not measured", () => {
    const use = { peakMemoryBytes: 50_000_000, cpuMs: 120 };
    expect(endStep(running, { ...end, ...use })).toMatchObject(use);
    expect(endStepEarly(running, { step: 0, ...end, ...use })).toMatchObject(use);
    expect(endStep(running, { ...end, cpuMs: 0 })).toMatchObject({ peakMemoryBytes: null, cpuMs: 0 });
  });

  test("endStep() ends an open step, with a result and an error if they are there", () => {
    expect(endStep(running, end)).toEqual({ ...ended, result: undefined });
    expect(endStep(pending, { ...end, result: null })).toMatchObject({ status: "succeeded", result: null });
    expect(endStep(running, { status: "failed", exitCode: 3_000_000_000, durationMs: 1, error })).toMatchObject({
      exitCode: null,
      error,
    });
  });

  test("endStep() never changes an end, but adds details to one that was told early", () => {
    expect(endStep(ended, { ...end, status: "failed" })).toBeUndefined();
    expect(endStep(told, end)).toBeUndefined();
    const details = { status: "failed", exitCode: 2, durationMs: 6, result: { a: 1 } } as const;
    expect(endStep(told, details)).toEqual({ ...told, ...details, error: null, isToldEarly: false });
  });
});

describe("endStepEarly()", () => {
  test("endStepEarly() ends an open step and marks that its report is to come", () => {
    expect(endStepEarly(running, { step: 0, ...end })).toEqual({ ...ended, isToldEarly: true });
    for (const step of [ended, told]) expect(endStepEarly(step, { step: 0, ...end })).toBeUndefined();
  });
});

describe("closeStep()", () => {
  test("closeStep() fails a running step, skips a pending one, and keeps an end", () => {
    expect(closeStep(running)?.status).toBe("failed");
    expect(closeStep(pending)?.status).toBe("skipped");
    expect(closeStep(told)).toEqual({ ...told, isToldEarly: false });
    expect(closeStep(ended)).toBeUndefined();
  });
});

describe("smallInteger()", () => {
  test("smallInteger() keeps what PostgreSQL's integer holds", () => {
    expect(smallInteger(2_147_483_647)).toBe(2_147_483_647);
    expect(smallInteger(null)).toBeNull();
    for (const large of [2_147_483_648, -2_147_483_648]) expect(smallInteger(large)).toBeNull();
  });
});
