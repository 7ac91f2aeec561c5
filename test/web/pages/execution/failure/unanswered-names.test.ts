import { expect, test } from "vitest";
import {
  findUnanswered,
  readOptional,
} from "../../../../../packages/web/src/pages/execution/failure/unanswered-names.ts";

type Given = Parameters<typeof findUnanswered>[0];

const step = {
  script: "a.py",
  name: "a.py",
  status: "succeeded",
  exitCode: 0,
  startedAt: null,
  durationMs: 1,
  tries: 1,
  output: "",
  result: null,
  error: null,
} as const;
const row = {
  name: "PIN",
  scope: null,
  version: null,
  step: "b.py",
  attempt: 2,
  outcome: "missing",
  masking: null,
  time: "2026-01-02T03:04:05Z",
} as const;
const run = (receipt: Given["receipt"]): Given => ({
  attempt: 2,
  steps: [step, { ...step, name: "b.py", status: "failed", exitCode: 1 }],
  receipt,
});

test("findUnanswered() names what the failed step asked for in vain, once", () => {
  const found = findUnanswered(run([row, row, { ...row, name: "OTHER", outcome: "refused" }]), new Map());
  expect(found).toEqual([
    { name: "PIN", step: "b.py", outcome: "missing" },
    { name: "OTHER", step: "b.py", outcome: "refused" },
  ]);
});

test("findUnanswered() leaves names of other steps and attempts, and names that were read later", () => {
  const none = new Map();
  expect(findUnanswered(run([{ ...row, step: "a.py" }]), none)).toEqual([]);
  expect(findUnanswered(run([{ ...row, attempt: 1 }]), none)).toEqual([]);
  expect(findUnanswered(run([row, { ...row, outcome: "read", scope: "project", version: 1 }]), none)).toEqual([]);
});

test("findUnanswered() leaves names that the step can do without", () => {
  const file = { path: "b.py", size: 1, sha256: "0".repeat(64) };
  const optional = readOptional({ manifest: { optional: ["PIN"] }, files: [file], steps: ["b.py"] });
  expect(findUnanswered(run([row, { ...row, name: "OTHER" }]), optional).map(({ name }) => name)).toEqual(["OTHER"]);
  expect(readOptional({ manifest: { optional: 1 }, files: [file], steps: ["b.py"] }).size).toBe(0);
});
