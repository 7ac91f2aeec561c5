import { describe, expect, it } from "vitest";
import { runNode } from "../support/node-script.ts";
import { answerFrom } from "../support/script-peer.ts";

describe("context", () => {
  it("knows the run", async () => {
    const handler = answerFrom({ params: { day: "Monday" }, config: { LEVEL: 3 } });
    const run = await runNode(
      `import { context, getParam } from "@sealrun/sdk";
      const { params, config, package: owner, execution, results } = context;
      console.log(JSON.stringify([params.day, params.package_name, params.package_id, params.execution_id, config, owner,
        execution, results, getParam("day"), getParam("none"), context.parameters === params, context.configs === config]));`,
      handler,
    );
    expect(JSON.parse(run.stdout.toString())).toEqual([
      "Monday",
      "report",
      "pkg_test",
      "exe_test",
      { LEVEL: 3 },
      { name: "report", id: "pkg_test" },
      { id: "exe_test", attempt: 1, step: "main", trigger: { kind: "request" } },
      { a: 1 },
      "Monday",
      null,
      true,
      true,
    ]);
    expect(run.requests.map((request) => request.op)).toEqual(["context"]);
  });

  it("loads from CommonJS", async () => {
    const run = await runNode(
      `const { context, getSecret } = require("@sealrun/sdk"); console.log(context.package.name, getSecret("A"));`,
      answerFrom({ secrets: { A: "x" } }),
      { file: "main.cjs" },
    );
    expect(run.stdout.toString()).toBe("report x\n");
  });
});
