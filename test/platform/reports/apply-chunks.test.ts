import { executionId, type ReportItem } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { applyChunks } from "../../../packages/platform/src/reports/apply-chunks.ts";
import type { AttemptState } from "../../../packages/platform/src/reports/attempt-state.ts";

const step = (position: number): AttemptState["steps"][number] => ({
  position,
  script: `${position}.sh`,
  name: `${position}.sh`,
  status: "pending",
  exitCode: null,
  startedAt: null,
  durationMs: null,
  peakMemoryBytes: null,
  cpuMs: null,
  tries: 0,
  error: null,
  isToldEarly: false,
});
const state: AttemptState = {
  executionId: executionId.parse("exe_00000000000000000000"),
  attempt: 1,
  status: "running",
  lastSequence: null,
  reports: null,
  isCurrent: true,
  isNewest: true,
  appliedSequence: 0,
  stored: [],
  waiting: [],
  missing: [],
  steps: [step(0), step(1)],
  liveBlocks: 0,
  trace: null,
};
const line = (text: string): ReportItem => ({ type: "log", step: 0, stream: "stdout", text, time: 1_000 });
const chunk = (sequence: number, ...items: readonly ReportItem[]) => ({
  sequence,
  items: items.length === 0 ? [line(`line ${sequence}`)] : [...items],
});
const started: ReportItem = { type: "step-started", step: 0, time: 1_000 };
const ended: ReportItem = {
  type: "step-finished",
  step: 0,
  status: "succeeded",
  exitCode: 0,
  durationMs: 5,
  time: 2_000,
};
const shown = ({ entries }: ReturnType<typeof applyChunks>) =>
  entries.map((entry) => {
    if (entry.kind === "log") return entry.body.text;
    return entry.kind === "step" ? `${entry.step} ${entry.body.status}` : entry.body.status;
  });

describe("applyChunks()", () => {
  test("applyChunks() shows chunks in order, and keeps those after a gap", () => {
    const applied = applyChunks(state, { chunks: [chunk(4), chunk(2), chunk(1)] });
    expect(shown(applied)).toEqual(["line 1", "line 2"]);
    expect(applied.appliedSequence).toBe(2);
    expect(applied.kept).toEqual([chunk(4), { sequence: 1, items: null }, { sequence: 2, items: null }]);
  });

  test("applyChunks() shows what waited once its gap is closed", () => {
    const applied = applyChunks(
      { ...state, appliedSequence: 2, waiting: [chunk(5), chunk(4)] },
      { chunks: [chunk(3)] },
    );
    expect(shown(applied)).toEqual(["line 3", "line 4", "line 5"]);
    expect(applied.kept.map(({ sequence, items }) => [sequence, items])).toEqual([3, 4, 5].map((each) => [each, null]));
  });

  test("applyChunks() ignores a chunk that is stored, or given twice", () => {
    const applied = applyChunks(
      { ...state, appliedSequence: 1, stored: [1] },
      { chunks: [chunk(1), chunk(2), chunk(2)] },
    );
    expect(shown(applied)).toEqual(["line 2"]);
    expect(applied.kept).toEqual([{ sequence: 2, items: null }]);
  });

  test("applyChunks() shows over gaps once reports count as missing, or when told", () => {
    const waiting = [chunk(5)];
    expect(shown(applyChunks({ ...state, waiting, reports: "gaps" }, { chunks: [chunk(3)] }))).toEqual([
      "line 3",
      "line 5",
    ]);
    expect(shown(applyChunks({ ...state, waiting }, { chunks: [], overGaps: true }))).toEqual(["line 5"]);
  });

  test("applyChunks() takes lines and reads of an earlier attempt, and no steps", () => {
    const read: ReportItem = {
      type: "read",
      step: 0,
      name: "A",
      scope: null,
      version: null,
      outcome: "missing",
      time: 0,
    };
    const applied = applyChunks({ ...state, isNewest: false }, { chunks: [chunk(1, started, line("a"), read, ended)] });
    expect(shown(applied)).toEqual(["a"]);
    expect(applied.steps).toEqual([]);
    expect(applied.reads).toEqual([read]);
  });

  test("applyChunks() applies an end with its last chunk, and closes steps that it never reached", () => {
    const end = { status: "succeeded", lastSequence: 2 } as const;
    const given = { chunks: [chunk(2, line("last"), ended)], end };
    const applied = applyChunks({ ...state, appliedSequence: 1, missing: [2] }, given);
    expect(shown(applied)).toEqual(["last", "0 succeeded", "succeeded", "1 skipped"]);
    expect(applied).toMatchObject({ isComplete: true, missing: [], appliedSequence: 2 });
  });

  test("applyChunks() applies an end whose earlier chunks are missing, and closes its steps when they are there", () => {
    const steps = [{ step: 0, status: "succeeded", exitCode: 0, durationMs: 5 } as const];
    const end = { status: "succeeded", lastSequence: 2, steps } as const;
    const first = applyChunks({ ...state, missing: [1, 2] }, { chunks: [chunk(2, ended)], end });
    expect(shown(first)).toEqual(["succeeded"]);
    expect(first).toMatchObject({ isComplete: false, missing: [1], appliedSequence: 0, kept: [chunk(2, ended)] });
    expect(first.steps).toMatchObject([{ position: 0, status: "succeeded", isToldEarly: true }]);
    const after: AttemptState = {
      ...state,
      status: "succeeded",
      reports: "awaited",
      lastSequence: 2,
      missing: [1],
      waiting: [chunk(2, ended)],
      steps: [...first.steps, step(1)],
    };
    const second = applyChunks(after, { chunks: [chunk(1, started)] });
    expect(shown(second)).toEqual(["0 succeeded", "1 skipped"]);
    expect(second).toMatchObject({ isComplete: true, missing: [] });
    expect(second.steps[0]).toMatchObject({ isToldEarly: false, startedAt: "1970-01-01T00:00:01.000Z", tries: 1 });
  });

  test("applyChunks() says that the missing reports have arrived, only after they counted as missing", () => {
    const awaited: AttemptState = { ...state, status: "failed", lastSequence: 1, missing: [1], reports: "awaited" };
    expect(shown(applyChunks(awaited, { chunks: [chunk(1)] }))).toEqual(["line 1", "0 skipped", "1 skipped"]);
    expect(shown(applyChunks({ ...awaited, reports: "gaps" }, { chunks: [chunk(1)] }))).toEqual([
      "line 1",
      "0 skipped",
      "1 skipped",
      "The missing reports of this run have arrived",
    ]);
    expect(applyChunks({ ...awaited, isCurrent: false, isNewest: false }, { chunks: [chunk(1)] }).isComplete).toBe(
      false,
    );
  });

  test("applyChunks() merges the feed with its 16th small block, at the end with the 8th, and when it adds nothing never", () => {
    const end = { status: "succeeded", lastSequence: 1 } as const;
    const merges = (liveBlocks: number, given: Parameters<typeof applyChunks>[1]): boolean =>
      applyChunks({ ...state, liveBlocks }, given).mustMerge;
    expect([14, 15].map((live) => merges(live, { chunks: [chunk(1)] }))).toEqual([false, true]);
    expect([6, 7].map((live) => merges(live, { chunks: [chunk(1)], end }))).toEqual([false, true]);
    expect(merges(15, { chunks: [chunk(2)] })).toBe(false);
    const ended: AttemptState = { ...state, status: "succeeded", lastSequence: 1, reports: "awaited", missing: [1] };
    expect([6, 7].map((liveBlocks) => applyChunks({ ...ended, liveBlocks }, { chunks: [chunk(1)] }).mustMerge)).toEqual(
      [false, true],
    );
  });
});
