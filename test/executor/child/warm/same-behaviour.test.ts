import { describe, expect, test } from "vitest";
import { answerSecrets, runPackage, type PackageOptions } from "../../run-package.ts";

const handle = answerSecrets({ TOKEN: "hunter2" });

/** What a script sees of its process, and how it ends, for each kind of script. */
const scripts: readonly (readonly [name: string, files: Readonly<Record<string, string>>])[] = [
  [
    "an ESM script with top-level await, an import, and an uncaught error",
    {
      "lib/main.mjs": `import { context } from "@sealrun/sdk"; import { add } from "./add.mjs"; import fs from "node:fs";
        const more = await import("./add.mjs");
        console.log(context.secrets.get("TOKEN"), add(1), more.add === add, import.meta.url, import.meta.filename, import.meta.main);
        console.log(process.argv.length, process.argv.slice(0, 2), process.argv0, process.execArgv, process.title, process.cwd());
        console.log(Object.entries(process.env).toSorted(), fs.fstatSync(0).isCharacterDevice(), process.stdin.isTTY);
        console.log(process.listeners("exit").length, process.exitCode, Object.keys(globalThis).join());
        throw new Error("not good");`,
      "lib/add.mjs": `export const add = (one) => one + 1;`,
    },
  ],
  [
    "a CommonJS script",
    {
      "main.cjs": `const { context } = require("@sealrun/sdk");
        console.log(context.secrets.get("TOKEN"), require.main === module, process.mainModule === module, module.id, __filename);
        console.log(Object.keys(require.cache), module.paths, module.children.length, require("./other.cjs"));
        null.x;`,
      "other.cjs": `module.exports = [__filename, require.main === module];`,
    },
  ],
  [
    "a script whose promise is rejected",
    { "main.mjs": `Promise.reject(new RangeError("late")); setTimeout(() => {}, 50);` },
  ],
  ["a script that awaits what never comes", { "main.mjs": `await new Promise(() => {});` }],
  ["a script with a syntax error", { "main.mjs": `const = 1;` }],
  ["a script that imports what does not exist", { "main.mjs": `import "./nowhere.mjs";` }],
  [
    "TypeScript, whose frames name its lines",
    {
      "main.ts": `interface A { b: string }\nconst f = (a: A): never => { throw new TypeError(a.b); };\nf({ b: "bad" });`,
    },
  ],
  [
    "a script with workers, forks and an exit code",
    {
      "main.mjs": `import { Worker, isMainThread } from "node:worker_threads"; import { fork, execFileSync } from "node:child_process";
        if (process.argv[2] === "again") { console.log("forked", process.argv.length); process.exit(0); }
        if (isMainThread) {
          const worker = new Worker(new URL(import.meta.url));
          await new Promise((resolve) => worker.on("exit", resolve));
          await new Promise((resolve) => fork(process.argv[1], ["again"]).on("exit", resolve));
          console.log(execFileSync(process.execPath, ["-p", "process.env.PLAIN"]).toString());
          process.exitCode = 9;
        } else console.log("worker", process.argv.length, process.env.PLAIN);`,
    },
  ],
  [
    "a Python script with a traceback",
    {
      "main.py": `import os, pickle, sys
from sealrun import context
class Point:
    pass
print(context.secrets.get("TOKEN"), sys.argv[0], sys.path, __name__, __file__, sys.flags, sys.orig_argv)
print(sorted(os.environ.items()), sys.stdin.read(), pickle.dumps(Point())[:40], sys.modules["__main__"].Point is Point)
if __name__ == "__main__":
    1 / 0`,
    },
  ],
  [
    "a Python script whose own modules have the names of others",
    {
      "sub/main.py": `import json, sealrun\nprint(json.own, sealrun.own)`,
      "sub/json.py": `own = "own json"`,
      "sub/sealrun.py": `own = "own sealrun"`,
    },
  ],
  [
    "a Python script that starts processes of its own code",
    {
      "main.py": `import multiprocessing, sys
def double(number):
    return 2 * number
if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(pool.map(double, [1, 2]))
    sys.exit(5)`,
    },
  ],
  ["a Python script with a syntax error", { "main.py": `def (:` }],
  [
    "a shell script",
    {
      "main.sh": `sealrun-context get TOKEN; echo; echo "$0" $# "$PLAIN" "$-"; env | sort; tr '\\0' ' ' < /proc/$$/cmdline; exit 3`,
    },
  ],
  ["a shell script that ends at an error", { "main.sh": `#!/bin/bash -eu\necho "$0" "$-"; false; echo never` }],
  ["a shell script that ends by a signal", { "main.sh": `kill -SEGV $$` }],
];

describe("startAhead()", () => {
  test.each(scripts)("startAhead() changes nothing for %s", async (_, files) => {
    const options: PackageOptions = { files, handle, own: { PLAIN: "a\nb\n\n'$x`\"\\ é", EMPTY: "", TWO: "  " } };
    const [cold, warm] = await Promise.all([runPackage(options), runPackage({ ...options, start: "warm" })]);
    expect([cold.wasAhead, warm.wasAhead]).toEqual([false, true]);
    const seen = ({ stdout, stderr, exitCode, signal }: typeof cold) => ({ stdout, stderr, exitCode, signal });
    expect(seen(warm)).toEqual(seen(cold));
    expect(warm.stdout + warm.stderr + String(warm.exitCode)).not.toBe("0");
  });
});
