import { expect, test } from "vitest";
import { parseRunTarget, requireStep } from "../../../packages/cli/src/execution/find-run.ts";
import { executionId, type ExecutionInfo } from "@sealrun/protocol";
import { refusalOf } from "../../support/refusal.ts";

const id = executionId.parse("exe_00000000000000000000");

test("parseRunTarget() reads an execution and a package", () => {
  expect(parseRunTarget(id)).toEqual({ kind: "execution", id });
  expect(parseRunTarget("acme/report")).toEqual({ kind: "package", project: "acme", package: "report" });
});

test.each([
  ["report", "USAGE"],
  ["exe_1", "EXECUTION_NOT_FOUND"],
  ["a/b/c", "USAGE"],
  ["acme/", "NAME_NOT_ALLOWED"],
])("parseRunTarget() refuses %j", (text, code) => {
  expect(refusalOf(() => parseRunTarget(text)).code).toBe(code);
});

const step: ExecutionInfo["steps"][number] = {
  script: "a.sh",
  name: "Load",
  status: "succeeded",
  exitCode: 0,
  startedAt: null,
  durationMs: null,
  tries: 1,
  output: "",
  result: null,
  error: null,
};

test("requireStep() names the steps of an execution that lacks one, and waits with an execution that has not begun", () => {
  requireStep({ id, steps: [step] }, "Load");
  requireStep({ id, steps: [step] }, undefined);
  requireStep({ id, steps: [] }, "Lod");
  expect(refusalOf(() => requireStep({ id, steps: [step] }, "Lod")).message).toBe(
    `--step: ${id} has no step "Lod"; it has "Load"`,
  );
});
