import { PassThrough } from "node:stream";
import { executionInfo, type ExecutionInfo } from "@sealrun/protocol";
import { expect, test } from "vitest";
import {
  explainFailure,
  printExecution,
  printLogLine,
  printOutcome,
} from "../../../packages/cli/src/execution/print-execution.ts";
import { createOutput, type Output } from "../../../packages/cli/src/output.ts";
import { stepInfo } from "../../support/step-info.ts";

function print(action: (output: Output) => void): string {
  const stdout = new PassThrough();
  action(createOutput(stdout, new PassThrough()));
  return String(stdout.read() ?? "");
}

const receipt = { scope: null, version: null, masking: null, step: "a.sh", attempt: 1, time: "t" };
const failure = { code: "SCRIPT_FAILED", message: "a.sh ended with exit code 3" };
const failed: ExecutionInfo = executionInfo.parse({
  id: "exe_00000000000000000000",
  project: "acme",
  package: "report",
  version: 2,
  status: "failed",
  createdAt: "2026-01-01T00:00:00Z",
  startedAt: "2026-01-01T00:00:01Z",
  finishedAt: "2026-01-01T00:00:03.500Z",
  attempt: 1,
  executor: "exr_00000000000000000000",
  error: failure,
  priority: 5,
  notBefore: null,
  trigger: { kind: "request" },
  waiting: null,
  cancelRequested: false,
  attempts: [],
  parameters: { visible: { n: 1 }, sealedNames: ["who"] },
  steps: [
    stepInfo("a.sh", {
      status: "failed",
      exitCode: 3,
      startedAt: "2026-01-01T00:00:00.000Z",
      durationMs: 900,
      tries: 3,
      error: failure,
    }),
    stepInfo("b.sh", { status: "skipped" }),
  ],
  receipt: [
    { ...receipt, name: "A", scope: "project", version: 4, masking: "all", outcome: "read" },
    { ...receipt, name: "SHORT", scope: "project", version: 1, masking: "none", outcome: "read" },
    { ...receipt, name: "DB", scope: "project", version: 2, masking: "part", outcome: "read" },
    { ...receipt, name: "OLD", scope: "project", version: 3, outcome: "read" },
    { ...receipt, name: "A", scope: "project", version: 4, masking: "all", outcome: "read", step: "b.sh" },
    { ...receipt, name: "B", outcome: "missing" },
    { ...receipt, name: "C", outcome: "refused" },
  ],
  reportsComplete: false,
  reportsGap: null,
});

test("printOutcome() prints status, steps, reason, and each secret once", () => {
  expect(print((output) => printOutcome(output, failed)).split("\n")).toEqual([
    "failed exe_00000000000000000000 in 2.5 s",
    "  a.sh  failed, 900 ms, tried 3 times: a.sh ended with exit code 3 (SCRIPT_FAILED)",
    "  b.sh  skipped",
    "  some of its output has not arrived yet",
    "read A from project, version 4 (masked)",
    "read SHORT from project, version 1 (too short to mask)",
    "read DB from project, version 2 (masked, except parts that are too short or common words)",
    "read OLD from project, version 3",
    "missed B: looked in service, project, platform",
    "refused C: not declared by step a.sh",
    "",
  ]);
});

test("printOutcome() prints the reason when no step does", () => {
  const lost = { ...failed, status: "lost" as const, steps: [], error: { code: "LEASE_LOST", message: "Gone" } };
  expect(print((output) => printOutcome(output, lost))).toContain("\n  Gone (LEASE_LOST)\n");
});

test("printExecution() shows sealed parameters only by name", () => {
  expect(print((output) => printExecution(output, failed))).toContain("  params    n=1 who=(sealed)\n");
});

test("printExecution() shows what steps used, where it was measured", () => {
  const [first, second] = failed.steps;
  if (first === undefined || second === undefined) throw new TypeError("Expected two steps");
  const steps = [{ ...first, peakMemoryBytes: 64_278_528, cpuMs: 120 }, second, { ...first, name: "c", cpuMs: 0 }];
  expect(print((output) => printExecution(output, { ...failed, steps }))).toContain(
    "  used      a.sh: 61.3 MiB of memory at its peak, 120 ms of processor time\n  used      c: 0 ms of processor time\nfailed",
  );
});

test("printExecution() shows which executor released it, and why", () => {
  const attempts = [
    {
      attempt: 1,
      executor: "exr_1",
      claimedAt: "2026-01-01T00:00:00Z",
      end: "released" as const,
      reason: { code: "DISK_FULL", message: "No space is left" },
    },
  ];
  expect(print((output) => printExecution(output, { ...failed, attempts }))).toContain(
    "  released  attempt 1 by exr_1: No space is left (DISK_FULL)\n",
  );
});

test("printLogLine() names the step, and the level of what a script logged", () => {
  const line = { cursor: "1", step: "a.sh", stream: "sdk" as const, level: "info", text: "hi", time: "t" };
  expect(print((output) => printLogLine(output, line))).toBe("[a.sh] INFO hi\n");
  expect(print((output) => printLogLine(output, { ...line, step: null, stream: "system", level: null }))).toBe(
    "[sealrun] hi\n",
  );
});

test("printOutcome() prints what scripts were connected to, and why they were not", () => {
  const row = { host: "a.test", port: 443, step: "a.ts", attempt: 1, time: "2026-11-20T10:00:00.000Z" };
  const counted = { connections: 2, sentBytes: 100, receivedBytes: 2_048 };
  const connections = [
    { ...row, ...counted, address: "192.0.2.1", outcome: "connected", reason: null },
    {
      ...row,
      ...counted,
      connections: 1,
      address: "127.0.0.1",
      outcome: "refused",
      reason: "127.0.0.1 is a loopback address",
    },
  ] as const;
  const lines = print((output) => printOutcome(output, { ...failed, connections: [...connections] })).split("\n");
  expect(lines).toContain("connected to a.test:443 2 times at 192.0.2.1, 100 B sent, 2.0 KiB received");
  expect(lines).toContain("refused a.test:443: 127.0.0.1 is a loopback address");
});

test("printOutcome() names the attempt when there were several", () => {
  const twice = [
    { ...receipt, name: "B", outcome: "missing" },
    { ...receipt, name: "B", outcome: "missing", attempt: 2 },
  ] as const;
  const shown = print((output) => printOutcome(output, { ...failed, receipt: [...twice] }));
  expect(shown).toContain("platform, attempt 1\n");
  expect(shown).toContain("platform, attempt 2\n");
});

test("explainFailure() and printOutcome() tell a failed step once, with its cause", () => {
  const [step] = failed.steps;
  if (step === undefined) throw new TypeError("Expected a step");
  const error = { code: "SCRIPT_TIMED_OUT", message: "a.sh ran longer than its timeout of 1 s and was ended" };
  const late = { ...failed, steps: [{ ...step, name: "Load", exitCode: 143, error }], receipt: [] };
  expect(explainFailure(failed)).toBe("a.sh ended with exit code 3");
  expect(explainFailure(late)).toBe(`step Load: ${error.message}`);
  const stepOf = (options?: { readonly isCauseTold: boolean }) =>
    print((output) => printOutcome(output, late, options)).split("\n")[1];
  expect(stepOf()).toBe(`  Load  failed, 900 ms, tried 3 times: ${error.message} (SCRIPT_TIMED_OUT)`);
  expect(stepOf({ isCauseTold: true })).toBe("  Load  failed, 900 ms, tried 3 times");
});

test("explainFailure() gives the execution's own error when no step failed, and an exit code without an error", () => {
  const [step] = failed.steps;
  if (step === undefined) throw new TypeError("Expected a step");
  expect(explainFailure({ ...failed, steps: [] })).toBe(failure.message);
  expect(explainFailure({ ...failed, steps: [{ ...step, error: null }] })).toBe("step a.sh failed, exit code 3");
});

test("printOutcome() says of a step that was ended with its run that it was cancelled, and nothing of a failure", () => {
  const [step] = failed.steps;
  if (step === undefined) throw new TypeError("Expected a step");
  const error = { code: "CANCELLED", message: "a.sh was ended with its attempt" };
  const steps = [{ ...step, exitCode: 143, error }];
  const shown = print((output) => printOutcome(output, { ...failed, status: "cancelled", error: null, steps }));
  expect(shown.split("\n")[1]).toBe("  a.sh  cancelled, 900 ms, tried 3 times");
});

test("printExecution() says how much of the network the scripts reach", () => {
  const shown = print((output) => printExecution(output, { ...failed, network: "none" }));
  expect(shown.split("\n")).toContain("  network   none");
});
