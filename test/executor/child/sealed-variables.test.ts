import { describe, expect, test } from "vitest";
import type { ScriptHandler } from "../../../executor/src/channel/answer-request.ts";
import { bothStarts, runPackage } from "../run-package.ts";

const value = `quo'te $(exit 3) "x" é`;
const asked: string[] = [];
const handle: ScriptHandler = async (request) => {
  asked.push(request.op);
  if (request.op !== "env") return { found: false, value: null };
  const lines = `export DB_URL='${value.replaceAll("'", "'\\''")}'\n`;
  return { value: request.raw === true ? lines : { DB_URL: value } };
};

describe.each(bothStarts)("runStep() with a %s start", (start) => {
  /** Runs a script that prints its variable, whether its own block holds it, and what it was called. */
  async function run(script: string, text: string) {
    const answer = await runPackage({
      files: { [script]: text, "lib.sh": "" },
      script,
      start,
      handle,
      hasSealed: true,
    });
    expect(answer.stderr).toBe("");
    return answer;
  }

  describe("runStep() sets variables with secrets inside the script's process", () => {
    test("runStep() sets them in Node, its workers and what it starts, and leaves the environment block without", async () => {
      const { stdout } = await run(
        "main.mjs",
        `import { readFileSync } from "node:fs"; import { Worker } from "node:worker_threads";
       import { execFileSync } from "node:child_process";
       console.log(process.env.DB_URL);
       console.log(readFileSync("/proc/self/environ", "latin1").includes("DB_URL"), process.env.SEALRUN_SEALED_ENV);
       console.log(execFileSync("/bin/sh", ["-c", 'printf %s "$DB_URL"']).toString());
       new Worker("console.log(process.env.DB_URL)", { eval: true });`,
      );
      expect(stdout).toBe(`${value}\nfalse undefined\n${value}\n${value}\n`);
    });

    test("runStep() sets them in Python", async () => {
      const { stdout } = await run(
        "main.py",
        `import os\nprint(os.environ["DB_URL"])\nprint(b"DB_URL" in open("/proc/self/environ", "rb").read(), os.environ.get("SEALRUN_SEALED_ENV"))`,
      );
      expect(stdout).toBe(`${value}\nFalse None\n`);
    });

    test.each(["#!/bin/sh", "#!/bin/bash", "#!/bin/sh -e"])(
      "runStep() sets them in a shell script: %s",
      async (first) => {
        const { stdout } = await run(
          "main.sh",
          `${first}
printf '%s\\n' "$DB_URL" "$0" "$#" "$-" "\${SEALRUN_SEALED_ENV-unset}"
tr '\\0' '\\n' < "/proc/$$/environ" | grep -c DB_URL
exit 0`,
        );
        const [printed, name, count, options = "", mark, inBlock] = stdout.split("\n");
        expect([printed, name, count, mark, inBlock]).toEqual([value, "/work/main.sh", "0", "unset", "0"]);
        expect(options.includes("e")).toBe(first.endsWith("-e"));
      },
    );

    test("runStep() ends a shell script with its own exit code", async () => {
      const files = { "main.sh": "exit 7\n" };
      expect(await runPackage({ files, start, handle, hasSealed: true })).toMatchObject({ exitCode: 7 });
    });

    test("runStep() does not start a script whose variables cannot be read", async () => {
      const refuse: ScriptHandler = async () => {
        throw new TypeError("broken");
      };
      for (const [script, text] of [
        ["main.sh", "echo started"],
        ["main.py", "print('started')"],
        ["main.mjs", "console.log('started')"],
      ] as const) {
        const end = await runPackage({ files: { [script]: text }, start, handle: refuse, hasSealed: true });
        expect(end.exitCode, script).not.toBe(0);
        expect(end.stdout, script).toBe("");
      }
    });

    test("runStep() asks for none when the step has none", async () => {
      asked.length = 0;
      await runPackage({ files: { "main.mjs": "" }, start, handle });
      await runPackage({ files: { "main.sh": "" }, start, handle });
      expect(asked).toEqual([]);
    });
  });
});
