import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { runNode } from "../../support/node-script.ts";
import { answerFrom } from "../../support/script-peer.ts";

describe("process.argv[2]", () => {
  const handler = answerFrom({ secrets: { DB: "hunter2" }, params: { day: "Monday" } });

  it("is Ferris's payload, made only at first access", async () => {
    const run = await runNode(
      `const before = process.argv.length;
      const { secrets, ...params } = JSON.parse(process.argv[2]);
      console.log(before, JSON.stringify([secrets, params]), process.argv[2] === process.argv.at(-1));
      process.argv[2] = "mine";
      console.log(process.argv.slice(2).join());`,
      handler,
    );
    const [first = "", second] = run.stdout.toString().split("\n");
    expect(first.slice(0, 2) + first.slice(-4)).toBe("3 true");
    expect(JSON.parse(first.slice(2, -5))).toEqual([
      { DB: "hunter2" },
      {
        day: "Monday",
        package_name: "report",
        package_id: "pkg_test",
        execution_id: "exe_test",
        _fxcid: "exe_test",
        _fxexec: "exe_test",
      },
    ]);
    expect(second).toBe("mine");
    expect(run.requests.map((request) => request.op)).toEqual(["context", "all"]);
  });

  it("asks nothing when the script does not use it", async () => {
    const run = await runNode("console.log(process.argv.length, process.argv[0] === process.execPath)", handler);
    expect(run.stdout.toString()).toBe("3 true\n");
    expect(run.requests).toEqual([]);
  });

  it("is in no slice, iteration or copy, and in no child's command line", async () => {
    const run = await runNode(
      `import { execFileSync, fork, spawnSync } from "node:child_process"; import assert from "node:assert"; import fs from "node:fs";
      import { argv } from "node:process"; import { inspect } from "node:util";
      assert(argv === process.argv);
      const check = () => {
        const plain = [process.execPath, import.meta.filename];
        const [, , third] = process.argv;
        for (const way of [process.argv.slice(), process.argv.slice(0, 3), [...process.argv], Array.from(process.argv), process.argv.concat(),
          process.argv.map((a) => a), process.argv.filter(() => true), JSON.parse(JSON.stringify(process.argv)), Object.values(process.argv),
          [...process.argv.values()], Object.assign([], process.argv), process.argv.toSpliced(2, 1), process.argv.join().split(",")])
          assert.deepStrictEqual(way, plain);
        assert.deepStrictEqual([third, process.argv.slice(2), process.argv.length, Object.keys(process.argv)], [undefined, [], 3, ["0", "1"]]);
        for (const text of [inspect(process.argv), String(process.argv), process.argv.toString()]) assert(!text.includes("hunter2"));
        const seen = ["-e", "console.log(require('fs').readFileSync('/proc/self/cmdline', 'latin1'))"];
        for (const copy of [process.argv, process.argv.slice(1), [...process.argv], Array.prototype.slice.call(process.argv)]) {
          const { stdout } = spawnSync(process.execPath, seen.concat("--", copy), { encoding: "latin1" });
          assert(stdout.includes("main.mjs") && !stdout.includes("hunter2"), stdout);
          assert(!spawnSync("echo", copy, { encoding: "latin1" }).stdout.includes("hunter2"));
        }
      };
      check();
      const asked = process.argv[2].includes("hunter2");
      check();
      console.log(asked);`,
      handler,
    );
    expect([run.stdout.toString(), run.stderr]).toEqual(["true\n", ""]);
    expect(run.requests.map((request) => request.op)).toEqual(["context", "all"]);
  });

  it("is no argument for a parser", async () => {
    const run = await runNode(
      `import { parseArgs } from "node:util"; import util from "node:util"; import { createRequire } from "node:module";
      const options = { verbose: { type: "boolean" } };
      console.log(JSON.stringify([parseArgs({ options }).values, parseArgs(), util.parseArgs({ allowPositionals: true }).positionals,
        createRequire(import.meta.url)("util").parseArgs({ options, args: ["--verbose"] }).values]));`,
      handler,
    );
    const none = '{},{"values":{},"positionals":[]},[],{"verbose":true}';
    expect([run.stdout.toString(), run.stderr]).toEqual([`[${none}]\n`, ""]);
    expect(run.requests).toEqual([]);
  });

  it("is what a script sets", async () => {
    const run = await runNode(
      `import { parseArgs } from "node:util";
      process.argv.push("--verbose");
      console.log(process.argv.length, process.argv[2], parseArgs({ options: { verbose: { type: "boolean" } } }).values.verbose);
      process.argv.length = 2;
      console.log(process.argv.length, process.argv[2]);`,
      handler,
    );
    expect([run.stdout.toString(), run.stderr]).toEqual(["3 --verbose true\n2 undefined\n", ""]);
    expect(run.requests).toEqual([]);
  });

  it("leaves command line and environment clean", async () => {
    const run = await runNode(
      `import fs from "node:fs";
      process.argv[2];
      console.log(fs.readFileSync("/proc/self/cmdline", "latin1") + fs.readFileSync("/proc/self/environ", "latin1"));`,
      handler,
    );
    expect(run.stdout.toString()).toContain("SEALRUN_EXECUTION_ID");
    expect(run.stdout.toString()).not.toContain("hunter2");
  });

  it("works in a worker, and keeps the worker's own arguments", async () => {
    const worker = 'import { parentPort } from "node:worker_threads"; parentPort.postMessage(process.argv[2])';
    const run = await runNode(
      `import { Worker } from "node:worker_threads";
      const ask = (argv) => new Promise((resolve) => new Worker(new URL("./w.mjs", import.meta.url), { argv }).on("message", resolve));
      console.log(JSON.parse(await ask([])).secrets.DB, await ask(["own"]));`,
      handler,
      { extra: { "w.mjs": worker } },
    );
    expect([run.stdout.toString(), run.stderr]).toEqual(["hunter2 own\n", ""]);
  });
});

describe("bootstrap.mjs and bootstrap.py", () => {
  it("import only modules of Node and Python", async () => {
    const folder = new URL("../../../executor/src/bootstrap/", import.meta.url);
    const node = await readFile(new URL("bootstrap.mjs", folder), "utf8");
    const modules = [...node.matchAll(/from "(.*)"/g)].map(([, name]) => name ?? "");
    expect(modules).toHaveLength(5);
    expect(modules.filter((name) => !name.startsWith("node:"))).toEqual([]);
  });
});
