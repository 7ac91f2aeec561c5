import { executionInfo, type ExecutionInfo, logPage, startedExecution } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask } from "../support/api.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "acme"]);
});
afterAll(async () => stage.close());

const lines = 100_000;

test("sealrun run of a script that floods its output loses no line, no read and no step's end", async () => {
  await stage.push("acme/flood", {
    "main.sh": [
      `seq 1 ${lines}`,
      "sealrun-context get DB_PASS > /dev/null || exit 5",
      "echo done | sealrun-context result",
    ].join("\n"),
    "secrets.json": { DB_PASS: "canary-flood" },
  });
  await stage.push("acme/neighbour", { "main.sh": "echo from the neighbour\n" });
  const { id } = await ask(stage, startedExecution, ["POST", "/projects/acme/packages/flood/executions", { json: {} }]);
  const show = async (): Promise<ExecutionInfo> => ask(stage, executionInfo, ["GET", `/executions/${id}`]);
  await until(async () => ((await show()).steps[0]?.output.includes("\n") === true ? true : undefined));
  // The flood is held to its rate, and its neighbour on the same executor does not notice it.
  const neighbour = await stage.run("acme/neighbour");
  expect(neighbour.steps.map(({ output }) => output)).toEqual(["from the neighbour"]);
  expect((await show()).status).toBe("running");
  await until(async () => ((await show()).status === "running" ? undefined : true));
  await until(async () => ((await show()).reportsComplete ? true : undefined));
  expect((await show()).status).toBe("succeeded");
  expect(await ask(stage, executionInfo, ["GET", `/executions/${id}`])).toMatchObject({
    reportsComplete: true,
    reportsGap: null,
    steps: [{ status: "succeeded", exitCode: 0 }],
    receipt: [{ name: "DB_PASS", outcome: "read" }],
  });
  const printed: number[] = [];
  for (let after = "0"; ;) {
    const page = await ask(stage, logPage, ["GET", `/executions/${id}/logs?after=${after}&limit=1000`]);
    printed.push(...page.lines.filter(({ stream }) => stream === "stdout").map(({ text }) => Number(text)));
    after = page.lines.at(-1)?.cursor ?? after;
    if (page.lines.length === 0) break;
  }
  expect(printed.length).toBe(lines);
  expect(printed.every((number, index) => number === index + 1)).toBe(true);
});
