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

  it("says what to use instead of Ferris's storage and output, and only when a script reads them", async () => {
    const run = await runNode(
      `import { context } from "@sealrun/sdk";
      const copy = { ...context, package: null };
      for (const read of [() => context.storage.create_bucket("b1"), () => context.output.log("x")]) {
        try { read(); } catch (error) { console.log(error.code, error.message); }
      }
      console.log("storage" in copy);`,
      answerFrom({}),
      { file: "main.mjs" },
    );
    expect(run.stdout.toString().split("\n")).toEqual([
      "NOT_FOUND sealrun: context.storage is not in this release; use the object store's own library, such as minio in package.json, with its keys in secrets",
      "NOT_FOUND sealrun: context.output is not in this release; print the text or log it with context.logging, and return data with context.result(value)",
      "false",
      "",
    ]);
  });
});
