import { describe, expect, test } from "vitest";
import type { ScriptRequest } from "@sealrun/protocol";
import { runPackage } from "../run-package.ts";

/** Runs a script as the executor does, and keeps what it asks for. */
async function run(files: Readonly<Record<string, string>>, way: "cold" | "warm" | "unsafe") {
  const asked: ScriptRequest["op"][] = [];
  const end = await runPackage({
    files,
    ...(way === "unsafe" ? { unsafe: true } : { start: way }),
    handle: async ({ op }) => {
      asked.push(op);
      const run = {
        params: {},
        config: {},
        package: { name: "p", id: "i" },
        execution: { id: "e", attempt: 1, step: "a" },
      };
      const value = op === "context" ? { ...run, results: {} } : op === "all" ? { A: "hunter2" } : null;
      return { found: true, value };
    },
  });
  return { stdout: end.stdout, stderr: end.stderr, exitCode: end.exitCode, asked };
}

const argparse = `import argparse
p = argparse.ArgumentParser()
p.add_argument("--dry-run", action="store_true")
print("dry", p.parse_args().dry_run)
`;
const parseArgs = `import { parseArgs } from "node:util";
console.log("verbose", parseArgs({ options: { verbose: { type: "boolean" } } }).values.verbose ?? false);
`;
const nodeIndex = `console.log(JSON.parse(process.argv[2]).secrets.A, process.argv.length, process.argv.slice(2).length);`;
const pythonIndex = `import json, sys\nprint(json.loads(sys.argv[1])["secrets"]["A"], len(sys.argv), len(sys.argv[1:]))`;

describe.each(["cold", "warm", "unsafe"] as const)("process.argv[2] and sys.argv[1] (%s)", (way) => {
  test.each([
    ["argparse", { "a.py": argparse }, "dry False\n"],
    ["parseArgs in JavaScript", { "a.mjs": parseArgs }, "verbose false\n"],
    ["parseArgs in TypeScript", { "a.ts": parseArgs }, "verbose false\n"],
  ])("process.argv and sys.argv leave the payload out for %s, and no secret is read", async (_, files, stdout) => {
    expect(await run(files, way)).toEqual({ stdout, stderr: "", exitCode: 0, asked: [] });
  });

  test.each([
    ["sys.argv[1]", { "a.py": pythonIndex }, "hunter2 2 0\n"],
    ["process.argv[2] in JavaScript", { "a.mjs": nodeIndex }, "hunter2 3 0\n"],
    ["process.argv[2] in CommonJS", { "a.cjs": nodeIndex }, "hunter2 3 0\n"],
    ["process.argv[2] in TypeScript", { "a.ts": nodeIndex.replaceAll("[2]", "[2]!") }, "hunter2 3 0\n"],
  ])("process.argv and sys.argv give the payload to %s, which is a read", async (_, files, stdout) => {
    expect(await run(files, way)).toEqual({ stdout, stderr: "", exitCode: 0, asked: ["context", "all"] });
  });
});
