import { describe, expect, test } from "vitest";
import { scopeSources } from "../../../executor/src/bundle/source-scope.ts";
import { runPackage } from "../run-package.ts";

const isMain = `if (require.main === module) console.log(import.meta.filename ?? "");`;
const isCommonMain = `if (require.main === module) console.log(__filename);`;

async function stdoutOf(files: Readonly<Record<string, string>>, unsafe = false): Promise<string> {
  const run = await runPackage({ files, unsafe });
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  return run.stdout;
}

describe("scopeSources() gives each source file its own names", () => {
  test.each([false, true])(
    "scopeSources() lets an imported file read what lies beside it (unsafe %s)",
    async (unsafe) => {
      const files = {
        "a.ts": `import { all } from "./lib/load"; console.log(all());`,
        "lib/load.ts": `import { readFileSync } from "node:fs";
        const { url } = import.meta;
        const read = (path: string | URL): string => readFileSync(path, "utf8");
        export const all = () => [read(new URL("./q.sql", url)), read(import.meta.dirname + "/q.sql"), read(__dirname + "/q.sql"),
          read(require.resolve("./q.sql")), read(new URL(import.meta.resolve("./q.sql")))].join();`,
        "lib/q.sql": "select 42",
      };
      expect(await stdoutOf(files, unsafe)).toBe(`${Array.from({ length: 5 }, () => "select 42").join()}\n`);
    },
  );

  test("scopeSources() names modules, CommonJS modules and JavaScript as their files", async () => {
    const own = (how: string): string => `[${how}].join()`;
    const stdout = await stdoutOf({
      "jobs/a.ts": `import { b } from "../lib/b.mjs"; import c from "../lib/c.cjs"; import { d } from "./deep/d";
        console.log([__filename, import.meta.url, b, c, d, process.argv[1]].join("\\n"));`,
      "lib/b.mjs": `export const b = ${own("import.meta.filename, import.meta.dirname, import.meta.main")};`,
      "lib/c.cjs": `module.exports = ${own("__filename, __dirname, module.filename, module.id, typeof require('./c.json')")};`,
      "lib/c.json": "{}",
      "jobs/deep/d.ts": `const name = "../../lib/c" + ".json"; export const d: string = ${own("__dirname, typeof require(name)")};`,
    });
    expect(stdout.split("\n")).toEqual([
      "/work/jobs/a.ts",
      "file:///work/jobs/a.ts",
      "/work/lib/b.mjs,/work/lib,false",
      "/work/lib/c.cjs,/work/lib,/work/lib/c.cjs,/work/lib/c.cjs,object",
      "/work/jobs/deep,object",
      "/work/jobs/a.ts",
      "",
    ]);
  });

  test.each([
    ["a module", { "a.ts": `import "./lib"; ${isMain} export {};`, "lib.ts": `${isMain} export {};` }],
    ["CommonJS", { "a.ts": `require("./lib"); ${isCommonMain}`, "lib.ts": `${isCommonMain} exports.a = 1;` }],
    [
      "CommonJS in a module",
      { "a.ts": `import "./lib"; ${isMain} export {};`, "lib.ts": `${isCommonMain} exports.a = 1;` },
    ],
    [
      "module.parent",
      {
        "a.ts": `require("./lib"); if (!module.parent) console.log(__filename);`,
        "lib.ts": `if (!module.parent) throw 1;`,
      },
    ],
    [
      "import.meta.main",
      {
        "a.ts": `import "./lib"; if (import.meta.main) console.log(__filename);`,
        "lib.ts": `if (import.meta.main) throw 1;`,
      },
    ],
    [
      "argv[1]",
      {
        "a.ts": `import { pathToFileURL } from "node:url"; if (import.meta.url === pathToFileURL(process.argv[1]!).href) console.log(__filename);`,
      },
    ],
  ])("scopeSources() makes the script the only main module: %s", async (_, files) => {
    expect(await stdoutOf(files)).toBe("/work/a.ts\n");
  });

  test("scopeSources() keeps a script main in a worker and a fork of itself", async () => {
    const script = `import { fork } from "node:child_process"; import { isMainThread, Worker } from "node:worker_threads";
      import { name } from "./lib";
      if (require.main === module) console.log(name, isMainThread, process.argv[3] ?? "");
      if (isMainThread && process.argv[3] === undefined) {
        new Worker(new URL(import.meta.url)).on("exit", () => fork(import.meta.filename, ["a", "fork"]));
      }`;
    const stdout = await stdoutOf({ "a.ts": script, "lib.ts": `export const name: string = "main";` });
    expect(stdout).toBe("main true \nmain false \nmain true fork\n");
  });

  test("scopeSources() leaves names that a file declares itself", async () => {
    const stdout = await stdoutOf({
      "a.ts": `import { b } from "./lib/b"; const process = globalThis.process, join = 1, root = 2; console.log(b, join, root, typeof process);`,
      "lib/b.ts": `import { createRequire } from "node:module"; import { dirname } from "node:path"; import { fileURLToPath } from "node:url";
        const __filename = fileURLToPath(import.meta.url), __dirname = dirname(__filename), require = createRequire(__filename);
        const module = "own"; export const b = [__dirname, require.resolve("./b.ts"), module].join();`,
    });
    expect(stdout).toBe("/work/lib,/work/lib/b.ts,own 1 2 object\n");
  });
});

test("scopeSources() changes no column of a line with code", () => {
  const line = "console.log(__sealrunScope_000000.meta.url, __require(name));";
  const bundle = `/* sealrun: scopes of the source files */\nvar __require = 1;\n\n// lib/b.ts\n${line}\n// not a file\n${line}\n\n// a.ts\n${line}\n`;
  const scoped = scopeSources(bundle, { script: "a.ts", files: new Set(["a.ts", "lib/b.ts"]) });
  const lines = scoped.split("\n");
  expect(lines.filter((text) => text.startsWith("console.log"))).toEqual([
    "console.log(__sealrunScope_000001.meta.url, __rq_0001(name));",
    "console.log(__sealrunScope_000001.meta.url, __rq_0001(name));",
    "console.log(__sealrunScope_000002.meta.url, __rq_0002(name));",
  ]);
  expect(lines).toHaveLength(bundle.split("\n").length);
});
