import { executionId, type ExecutionInfo } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { reportWaiting } from "../../../packages/cli/src/execution/report-waiting.ts";
import { until } from "../../support/until.ts";

const queued: ExecutionInfo = {
  id: executionId.parse("exe_00000000000000000000"),
  project: "acme",
  package: "report",
  version: 1,
  status: "queued",
  createdAt: "t",
  startedAt: null,
  finishedAt: null,
  attempt: 0,
  executor: null,
  error: null,
  priority: 5,
  notBefore: null,
  trigger: { kind: "request" },
  waiting: "Pool gpu has no executor",
  cancelRequested: false,
  attempts: [],
  parameters: { visible: {}, sealedNames: [] },
  steps: [],
  receipt: [],
  reportsComplete: true,
  reportsGap: null,
};

test("reportWaiting() says why an execution waits, and nothing about one that runs", async () => {
  const notes: string[] = [];
  const asked: string[] = [];
  const tell = (execution: ExecutionInfo): (() => void) =>
    reportWaiting(
      { note: (text) => notes.push(text) },
      {
        getExecution: async () => {
          asked.push(execution.status);
          return execution;
        },
      },
      execution.id,
    );
  const ends = [tell(queued), tell({ ...queued, status: "running", waiting: null })];
  await until(() => (asked.length === 2 ? true : undefined));
  for (const end of ends) end();
  expect(notes).toEqual(["waits: Pool gpu has no executor"]);
});
