import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { defaultStepLimits } from "@sealrun/protocol";
import { signalProcess } from "../../../../executor/src/child/process-tree.ts";
import { warmShape } from "../../../../executor/src/child/warm/plan-warm-start.ts";
import type { WaitingProcess } from "../../../../executor/src/child/warm/start-ahead.ts";
import { programs } from "../../../support/servers.ts";
import { processesWith } from "../../processes.ts";
import { runPackage, testRuntime } from "../../run-package.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const holder = fileURLToPath(new URL("../../hold-ahead.ts", import.meta.url));

/** A limit of open files that no other process has in its command line, and that text. */
function oddLimit() {
  const openFiles = randomInt(10_000, 100_000);
  return { limits: { openFiles }, mark: `n=${openFiles} ` };
}

const hello = { "main.mjs": `console.log("hello", process.env.PLAIN ?? "", new Date(0).getHours())` };

describe("startAhead()", () => {
  test("startAhead() starts a process that serves one step, and none is left after it", async () => {
    const { limits, mark } = oddLimit();
    let waiting: WaitingProcess | undefined;
    const onAhead = async (ahead: WaitingProcess): Promise<void> => {
      waiting = ahead;
      expect(await ahead.memoryBytes).toBeGreaterThan(1024 ** 2);
    };
    const run = await runPackage({ files: hello, limits, start: "warm", onAhead });
    expect(run).toMatchObject({ wasAhead: true, exitCode: 0, stdout: "hello  0\n", stderr: "" });
    const shape = await warmShape({ sandbox: sandboxOf(), runtime: testRuntime(), limits: defaultStepLimits }, "node");
    expect(await waiting?.take(shape && { shape, go: "go {}\n" })).toBeUndefined();
    expect(await processesWith(mark)).toEqual([]);
  });

  test("startAhead() does not count a runtime's start as time of the step", async () => {
    const [cold, warm] = [await runPackage({ files: hello }), await runPackage({ files: hello, start: "warm" })];
    expect(warm.wasAhead).toBe(true);
    expect(warm.use?.cpuMs).toBeLessThan(cold.use?.cpuMs ?? 0);
  });

  test.each([
    ["another runtime", { files: hello, warmKind: "python" }],
    ["a variable that Node reads when it starts", { files: hello, own: { TZ: "Asia/Tokyo" } }],
    [
      "flags in its first line",
      { files: { "main.mjs": "#!/usr/bin/env -S node --stack-trace-limit=3\nconsole.log('hello')" } },
    ],
    [
      "more variables than a shell should read",
      { files: { "main.sh": "echo hello" }, own: { BIG: "x".repeat(20_000) } },
    ],
  ] as const)("startAhead() does not serve a step with %s, which starts its own", async (_, options) => {
    const { limits, mark } = oddLimit();
    const run = await runPackage({ ...options, limits, start: "warm" });
    expect(run).toMatchObject({ wasAhead: false, exitCode: 0, stdout: expect.stringMatching(/^hello/) });
    if ("own" in options && "TZ" in options.own) expect(run.stdout).toBe("hello  9\n");
    expect(await processesWith(mark)).toEqual([]);
  });

  test("startAhead() starts none for named hosts, whose sockets belong to one run", async () => {
    const network = ["example.com:443"];
    const of = { sandbox: sandboxOf(), runtime: testRuntime(), limits: defaultStepLimits };
    expect(await warmShape({ ...of, network }, "node")).toBeUndefined();
    expect((await warmShape({ ...of, network: "none" }, "node"))?.text).toContain("--unshare-net");
  });

  test.each(["node", "python", "shell"] as const)("startAhead() fails no step when its %s has died", async (kind) => {
    const { limits, mark } = oddLimit();
    const onAhead = async (ahead: WaitingProcess): Promise<void> => {
      expect(await ahead.memoryBytes).toBeGreaterThan(0);
      // The first that is killed takes the others with it.
      for (const { id } of await processesWith(mark)) signalProcess(id, "SIGKILL");
      await expect.poll(async () => processesWith(mark)).toEqual([]);
    };
    const files =
      kind === "python" ? { "main.py": "print('hello')" } : kind === "node" ? hello : { "main.sh": "echo hello" };
    const run = await runPackage({ files, limits, start: "warm", onAhead });
    expect(run).toMatchObject({ wasAhead: false, exitCode: 0, stdout: expect.stringMatching(/^hello/) });
  });

  test.each(["node", "python", "shell"] as const)(
    "startAhead() leaves no %s when its worker is killed",
    async (kind) => {
      await using root = await temporaryFolder();
      const { limits, mark } = oddLimit();
      const given = JSON.stringify({
        kind,
        limits,
        program: programs().bwrap,
        runtime: testRuntime(),
        root: root.path,
      });
      const child = spawn(process.execPath, ["--conditions=@sealrun/source", holder, given], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      const alive = async (): Promise<number> =>
        (await processesWith(mark)).filter(({ commandLine }) => !commandLine.includes("hold-ahead")).length;
      expect(await alive()).toBeGreaterThan(0);
      child.kill("SIGKILL");
      await expect.poll(alive).toBe(0);
    },
  );
});

function sandboxOf() {
  return { kind: "bubblewrap" as const, program: programs().bwrap, hostRoots: [], hidden: [] };
}
