import { describe, expect, it } from "vitest";
import type { JsonValue } from "@sealrun/protocol";
import { runNode } from "../support/node-script.ts";
import { answerFrom, received } from "../support/script-peer.ts";

const awkward = "a'b\"c $HOME `x` \\n \t\r\n ✓ 🦀 %s\0\n\n";

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
      { id: "exe_test", attempt: 1, step: "main" },
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

  it("sends log lines from the level of config.LOG_LEVEL on, and the result", async () => {
    const seen: unknown[] = [];
    const base = answerFrom({ config: { LOG_LEVEL: "warning" } });
    const source = `import { context } from "@sealrun/sdk";
      const { logging } = context;
      logging.info("quiet"); logging.warning("w %d", 1, { a: 2 }); logging.setLevel("DEBUG"); logging.debug("d");
      logging.setLevel(50); logging.error("quiet"); logging.critical("c");
      context.result({ n: [1] });`;
    await runNode(source, (request, raw) => {
      if (request.op === "log") seen.push([request.level, request.message]);
      if (request.op === "result") seen.push(received(request, raw));
      return base(request, raw);
    });
    expect(seen).toEqual([["warning", "w 1 { a: 2 }"], ["debug", "d"], ["critical", "c"], { n: [1] }]);
  });
});

describe("context.secrets", () => {
  it("gives every value as it is, with await or without", async () => {
    const values = { A: awkward, B: "", C: 0, D: false, E: null, F: { a: [1.5, "é"] }, G: "🦀x".repeat(200_000) };
    const run = await runNode(
      `import { context, getSecret } from "@sealrun/sdk";
      const all = {};
      for (const name of "ABCDEFG") all[name] = await context.secrets.get(name);
      console.log(JSON.stringify([all, getSecret("NONE"), getSecret("A") === all.A]));`,
      answerFrom({ secrets: values }),
    );
    expect(JSON.parse(run.stdout.toString())).toEqual([values, null, true]);
  });

  it("sets every value as it is, positional and named, and reads it back", async () => {
    const secrets: Record<string, JsonValue> = {};
    const values = [awkward, "", 0, null, [true], { a: {} }, "x".repeat(1_048_576)];
    const run = await runNode(
      `import { context } from "@sealrun/sdk";
      const values = JSON.parse(${JSON.stringify(JSON.stringify(values))});
      values.forEach((value, n) => context.secrets.set("S" + n, value, "project"));
      const outcome = context.secrets.set({ name: "T", value: 1, context: "platform" });
      console.log(JSON.stringify(outcome), values.every((value, n) => JSON.stringify(context.secrets.get("S" + n)) === JSON.stringify(value)));`,
      answerFrom({ secrets }),
    );
    expect(run.stdout.toString()).toBe('{"scope":"platform","version":1} true\n');
    expect(Object.values(secrets)).toEqual([...values, 1]);
  });

  it("throws a refusal and a broken value with their codes", async () => {
    const run = await runNode(
      `import { context, SealrunError } from "@sealrun/sdk";
      for (const attempt of [() => context.secrets.get("BROKEN"), () => context.secrets.set("A", 1, "service"), () => context.secrets.set("A", 1)]) {
        try { attempt(); } catch (error) { console.log(error instanceof SealrunError, error.code); }
      }`,
      answerFrom({}),
    );
    expect(run.stdout.toString()).toBe("true TAMPERED\ntrue SCOPE_NOT_WRITABLE\ntrue MALFORMED\n");
  });
});

describe("context.state", () => {
  it("puts one key at a time", async () => {
    const state: Record<string, JsonValue> = { old: 1 };
    const run = await runNode(
      `import { context } from "@sealrun/sdk";
      context.state.put("new", { a: 2 });
      console.log(JSON.stringify([context.state.get(), context.state.get("new"), context.state.get("none")]));`,
      answerFrom({ state }),
    );
    expect(JSON.parse(run.stdout.toString())).toEqual([{ old: 1, new: { a: 2 } }, { a: 2 }, null]);
  });
});
