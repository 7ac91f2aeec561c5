import { randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ScriptHandler } from "../../../executor/src/channel/answer-request.ts";
import type { StepUse } from "../../../executor/src/child/limits/watch-step.ts";
import { until } from "../../support/until.ts";
import { processesWith, type SeenProcess, seenProcesses } from "../processes.ts";
import { answerSecrets, bothStarts, type PackageOptions, runPackage as runIn } from "../run-package.ts";

const secret = "hunter2-not-anywhere";
const handle = answerSecrets({ TOKEN: secret });

/** A number of seconds for `sleep` that no other process uses. */
const uniqueSeconds = (): string => `${randomInt(10_000, 90_000)}.${randomInt(1_000_000)}`;

describe.each(bothStarts)("runStep() with a %s start", (start) => {
  const runPackage = async (options: PackageOptions) => runIn({ start, ...options });

  describe("runStep() runs each kind of script", () => {
    test("runStep() runs TypeScript that asks for a secret", async () => {
      const run = await runPackage({
        files: {
          "main.ts": `import { context } from "@sealrun/sdk"; import { greet } from "./lib/greet";
          enum Kind { A = 1 } console.log(greet(String(context.secrets.get("TOKEN"))), Kind.A, context.secrets.get("NO"));`,
          "lib/greet.ts": `export const greet = (name: string): string => "hello " + name;`,
        },
        handle,
      });
      expect(run).toMatchObject({ exitCode: 0, stdout: `hello ${secret} 1 null\n`, stderr: "" });
    });

    test("runStep() runs a worker and a fork that a TypeScript file names", async () => {
      const run = await runPackage({
        files: {
          "main.ts": `import { fork } from "node:child_process"; import { Worker } from "node:worker_threads";
          import { context } from "@sealrun/sdk";
          const worker = new Worker(new URL("./worker.ts", import.meta.url));
          worker.on("message", (text: string) => fork("./forked.ts").on("message", (more) => console.log(text, more)));`,
          "worker.ts": `import { parentPort } from "node:worker_threads"; import { context } from "@sealrun/sdk";
          enum E { A = "worker" } parentPort?.postMessage(E.A + " " + context.secrets.get("TOKEN"));`,
          "forked.ts": `const text: string = "fork"; process.send?.(text);`,
        },
        handle,
      });
      expect(run).toMatchObject({ exitCode: 0, stdout: `worker ${secret} fork\n` });
    });

    test("runStep() runs CommonJS that asks for a secret", async () => {
      const run = await runPackage({
        files: { "main.cjs": `console.log(require("@sealrun/sdk").context.secrets.get("TOKEN"), __dirname);` },
        handle,
      });
      expect(run).toMatchObject({ exitCode: 0, stdout: `${secret} /work\n`, stderr: "" });
    });

    test("runStep() runs Python that asks for a secret", async () => {
      const run = await runPackage({
        files: {
          "main.py": `from sealrun import context\nimport helper\nprint(context.secrets.get("TOKEN"), helper.data())`,
          "helper.py": `import os\ndef data():\n  return open(os.path.join(os.path.dirname(__file__), "data.txt")).read()`,
          "data.txt": "from a file",
        },
        handle,
      });
      expect(run).toMatchObject({ exitCode: 0, stdout: `${secret} from a file\n`, stderr: "" });
    });

    test("runStep() runs a shell script that asks for a secret and writes to /dev/stderr", async () => {
      const run = await runPackage({
        files: {
          "main.sh": `sealrun-context get TOKEN; echo; echo err > /dev/stderr; sealrun-context get NO; echo "$?"`,
        },
        handle,
      });
      expect(run).toMatchObject({ exitCode: 0, stdout: `${secret}\n1\n`, stderr: "err\n" });
    });

    test("runStep() runs a bash script with bash", async () => {
      const run = await runPackage({ files: { "main.sh": "#!/usr/bin/env bash\n[[ 1 == 1 ]] && echo $BASH_VERSION" } });
      expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d/) });
    });

    test("runStep() runs a script without a sandbox when told to", async () => {
      const files = {
        "main.ts": `import { context } from "@sealrun/sdk"; console.log(context.secrets.get("TOKEN"), process.cwd() !== "/work");`,
      };
      expect(await runPackage({ files, handle, unsafe: true })).toMatchObject({
        exitCode: 0,
        stdout: `${secret} true\n`,
      });
    });
  });

  describe("runStep() tells how a script ended", () => {
    test("runStep() gives the exit code", async () => {
      const run = await runPackage({ files: { "main.sh": "exit 7" } });
      expect(run).toMatchObject({ exitCode: 7, signal: undefined, timedOut: false, cancelled: false });
    });

    test("runStep() names the signal behind an exit code", async () => {
      const run = await runPackage({ files: { "main.sh": "kill -SEGV $$" } });
      expect(run).toMatchObject({ exitCode: 139, signal: "SIGSEGV" });
    });

    test("runStep() ends a script that ignores SIGTERM at its timeout", async () => {
      const run = await runPackage({
        files: { "main.sh": "trap '' TERM; echo started; while :; do sleep 0.05; done" },
        // Long enough for it to start, also on a busy machine.
        timeoutMs: 8_000,
        graceMs: 200,
      });
      expect(run).toMatchObject({ timedOut: true, cancelled: false, stdout: "started\n" });
    });

    test("runStep() lets a cancelled script end by itself first", async () => {
      const cancel = new AbortController();
      const lines: string[] = [];
      const run = await runPackage({
        files: { "main.sh": "trap 'echo bye; exit 3' TERM; echo started; while :; do sleep 0.05; done" },
        signal: cancel.signal,
        onStdout: (chunk) => {
          lines.push(Buffer.from(chunk).toString());
          cancel.abort();
        },
      });
      expect(run).toMatchObject({ exitCode: 3, cancelled: true, timedOut: false });
      expect(lines.join("")).toBe("started\nbye\n");
    });

    test("runStep() ends a script whose signal was aborted before the start", async () => {
      const run = await runPackage({ files: { "main.sh": "sleep 1000" }, signal: AbortSignal.abort(), graceMs: 100 });
      expect(run.cancelled).toBe(true);
    });

    test("runStep() refuses a script whose interpreter does not exist", async () => {
      await expect(runPackage({ files: { "main.rb": "puts 1" } })).rejects.toMatchObject({ code: "PACKAGE_INVALID" });
    });
  });

  describe("runStep() says go", () => {
    const files = { "main.sh": "echo started" };

    test.each([false, true])(
      "runStep() says go once, before the script's first line; without a sandbox: %s",
      async (unsafe) => {
        const order: string[] = [];
        const run = await runPackage({
          files,
          unsafe,
          onGo: () => void order.push("go"),
          onStdout: (chunk) => void order.push(Buffer.from(chunk).toString()),
        });
        expect(run.exitCode).toBe(0);
        expect(order).toEqual(["go", "started\n"]);
      },
    );

    test.each([false, true])(
      "runStep() says no go to a cancelled script, and ends it at once; without a sandbox: %s",
      async (unsafe) => {
        const told: string[] = [];
        const signal = AbortSignal.abort();
        const run = await runPackage({ files, unsafe, signal, onGo: () => told.push("go"), graceMs: 60_000 });
        expect(run).toMatchObject({ cancelled: true, stdout: "" });
        expect(told).toEqual([]);
      },
    );

    test("runStep() says no go when the sandbox does not start, and says why", async () => {
      const told: string[] = [];
      // A folder cannot be mounted over a file.
      const run = runPackage({ files, hidden: ["/usr/bin/env"], onGo: () => told.push("go") });
      await expect(run).rejects.toMatchObject({
        code: "SANDBOX_UNAVAILABLE",
        message: expect.stringContaining("bwrap: "),
      });
      expect(told).toEqual([]);
    });

    test.each([false, true])(
      "runStep() says no go to a script whose interpreter is gone; without a sandbox: %s",
      async (unsafe) => {
        const told: string[] = [];
        const python = { interpreter: "/nowhere/python3", mounts: [], environment: {} };
        const run = runPackage({
          files: { "main.py": "print('started')" },
          unsafe,
          python,
          onGo: () => told.push("go"),
        });
        await expect(run).rejects.toMatchObject({ code: "INTERPRETER_MISSING" });
        expect(told).toEqual([]);
      },
    );

    test("runStep() ends a script and throws when onGo fails", async () => {
      const onGo = (): void => {
        throw new RangeError("not now");
      };
      await expect(runPackage({ files, onGo })).rejects.toThrow("not now");
    });

    test("runStep() gives the package's variables for the loader only to the script", async () => {
      const run = await runPackage({
        files: { "main.sh": 'echo "$LD_PRELOAD" "$(env | grep -c SEALRUN_HELD)"' },
        own: { LD_PRELOAD: "/work/evil.so" },
      });
      expect(run.stdout).toBe("/work/evil.so 0\n");
      // The loader complains once for the script's shell and once for each program that it starts, not for the waiting
      // shell.
      expect(run.stderr.match(/LD_PRELOAD cannot be preloaded/g)).toHaveLength(3);
    });
  });

  describe("runStep() leaves nothing alive", () => {
    const leaveBehind = (seconds: string): string => `
    sleep ${seconds} &
    setsid sleep ${seconds} > /dev/null 2>&1 3>&- 4>&- &
    (setsid sh -c 'trap "" TERM; sleep ${seconds}; sleep ${seconds}' < /dev/null > /dev/null 2>&1 &) &
    until [ "$(ls -d /proc/[0-9]* | wc -l)" -ge 5 ]; do sleep 0.02; done
    echo ready`;

    test("runStep() ends daemons when the script ends", async () => {
      const seconds = uniqueSeconds();
      const run = await runPackage({ files: { "main.sh": leaveBehind(seconds) } });
      expect(run).toMatchObject({ exitCode: 0, stdout: "ready\n", channelBroken: undefined });
      expect(await processesWith(seconds)).toEqual([]);
    });

    test("runStep() ends daemons when the script is timed out", async () => {
      const seconds = uniqueSeconds();
      let seen = 0;
      const run = await runPackage({
        files: { "main.sh": `trap '' TERM; ${leaveBehind(seconds)}; while :; do sleep 0.05; done` },
        // Long enough for all of them to start, also on a busy machine.
        timeoutMs: 8_000,
        graceMs: 100,
        onStdout: async () => {
          seen = await until(async () => {
            const { length } = await processesWith(seconds);
            return length >= 3 ? length : undefined;
          });
        },
      });
      expect(run.timedOut).toBe(true);
      expect(seen).toBeGreaterThanOrEqual(3);
      expect(await processesWith(seconds)).toEqual([]);
    });
  });

  describe("runStep() passes output on", () => {
    test("runStep() drains 200 MB with flat memory", async () => {
      const before = process.memoryUsage().rss;
      let bytes = 0;
      let peak = 0;
      const run = await runPackage({
        files: { "main.sh": "head -c 200000000 /dev/zero" },
        onStdout: (chunk) => {
          bytes += chunk.length;
          peak = Math.max(peak, process.memoryUsage.rss());
        },
      });
      expect(run.exitCode).toBe(0);
      expect(bytes).toBe(200_000_000);
      expect(peak - before).toBeLessThan(120 * 1024 * 1024);
    });

    test("runStep() does not count slow readers of its output against the script's time", async () => {
      let text = "";
      const run = await runPackage({
        files: { "main.sh": "echo one; sleep 0.3; echo two" },
        timeoutMs: 4_000,
        onStdout: async (chunk) => {
          await new Promise((resolve) => setTimeout(resolve, 2_500));
          text += Buffer.from(chunk).toString();
        },
      });
      expect(run).toMatchObject({ exitCode: 0, timedOut: false });
      expect(text).toBe("one\ntwo\n");
    });

    test("runStep() ends the script and throws when output cannot be passed on", async () => {
      const seconds = uniqueSeconds();
      const used: StepUse[] = [];
      const run = runPackage({
        files: { "main.sh": `i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo x; sleep ${seconds}` },
        onStdout: () => {
          throw new RangeError("the masker failed");
        },
        onUse: (use) => void used.push(use),
      });
      await expect(run).rejects.toMatchObject({ code: "INTERNAL" });
      expect(used).toEqual([{ cpuMs: expect.any(Number), peakMemoryBytes: expect.any(Number) }]);
      expect(used[0]?.cpuMs).toBeGreaterThan(0);
      expect(await processesWith(seconds)).toEqual([]);
    });
  });

  describe("runStep() shows no secret to the process list", () => {
    /** Lists all processes when the script has written something, and only then answers what it asks for as LISTED. */
    function listWhileRunning() {
      const { promise: listed, resolve, reject } = Promise.withResolvers<readonly SeenProcess[]>();
      const onStdout = async (): Promise<void> => seenProcesses().then(resolve, reject);
      const answer: ScriptHandler = async (request) => {
        if (request.op !== "get" || request.name !== "LISTED") return handle(request);
        await listed;
        return { found: true, value: "" };
      };
      return { listed, options: { handle: answer, onStdout } };
    }

    test("runStep() keeps secrets out of every command line and environment", async () => {
      const { listed, options } = listWhileRunning();
      const run = await runPackage({
        files: {
          "main.py": `from sealrun import context\nvalue = context.secrets.get("TOKEN")\nprint(len(value))\ncontext.secrets.get("LISTED")`,
        },
        own: { PLANTED: "planted-control" },
        ...options,
      });
      expect(run.exitCode).toBe(0);
      const text = (await listed).map(({ commandLine, environment }) => commandLine + environment);
      // Variables that come with "go" are in no environment block.
      const planted = text.filter((line) => line.includes("planted-control"));
      expect(planted.length > 0).toBe(start === "cold");
      expect(text.filter((line) => line.includes(secret))).toEqual([]);
    });

    test("runStep() starts bubblewrap itself with an empty environment, whatever the package sets", async () => {
      const { listed, options } = listWhileRunning();
      const run = await runPackage({
        files: { "main.sh": "echo x; sealrun-context get LISTED" },
        own: { LD_PRELOAD: "/proc/self/cwd/evil.so", LD_LIBRARY_PATH: "/proc/self/cwd" },
        ...options,
      });
      expect(run.exitCode).toBe(0);
      const environments = (await listed)
        .filter(({ commandLine }) => commandLine.includes("--args\u00006"))
        .map(({ environment }) => environment);
      expect(environments.length).toBeGreaterThan(0);
      expect(environments.filter((text) => text.includes("evil.so"))).toEqual([]);
    });
  });
});
