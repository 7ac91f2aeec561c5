import { readdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { pino } from "pino";
import { openHomes } from "../../../../executor/src/supervisor/workers/open-homes.ts";
import type { Separation } from "../../../../executor/src/supervisor/workers/open-places.ts";
import { createPipePool } from "../../../../executor/src/child/output-pipes.ts";
import { createWarmRunners } from "../../../../executor/src/worker/warm/warm-runners.ts";
import { createWorkerPool } from "../../../../executor/src/supervisor/workers/worker-pool.ts";
import { processesWith } from "../../processes.ts";
import { makePreparer, makeSettings, runOne, workerProgram } from "../../supervisor/workers/run-in-worker.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

/** One worker with a sandbox, in a folder of its own. */
async function startWorkers(folder: string, warmRunners = true) {
  const settings = await makeSettings(folder, { isSandboxed: true, warmRunners });
  // Only root may choose a user.
  const separation: Separation =
    process.getuid?.() === 0 ? { kind: "own-user", users: [71_690] } : { kind: "own-namespaces" };
  const homes = openHomes({ settings, program: workerProgram, separation });
  const created = createWorkerPool({ homes, program: workerProgram, slots: 1, log: pino({ level: "silent" }) });
  const pool = { ...created, preparer: await makePreparer(settings) };
  /** Runs one script to its end; returns what it printed. */
  const run = async (script: string, text: string): Promise<string> => {
    const { end, items } = runOne(pool, { files: { [script]: text } });
    expect(await end).toMatchObject({ kind: "run", failure: undefined });
    return items.join("");
  };
  const waits = async (): Promise<void> => expect.poll(() => pool.ahead().count).toBe(1);
  return { pool, settings, run, waits };
}

/** Says whether its process was started ahead, and what it sees that an earlier run could have left. */
const look = `import { readdirSync, readFileSync, writeFileSync } from "node:fs";
const isAhead = readFileSync("/proc/self/cmdline", "latin1").includes("script-at-go");
console.log(isAhead ? "was ahead" : "was started", readdirSync("/work").join(), readdirSync("/tmp").join() + ".", process.env.LEFT ?? "clean");
writeFileSync("/tmp/left", "x"); writeFileSync("/work/left", "x"); process.env.LEFT = "x"; globalThis.left = 1;`;

describe("createWarmRunners()", () => {
  test("createWarmRunners() keeps a runner for the next attempt, in which nothing of an earlier one is", async () => {
    await using root = await temporaryFolder();
    const { pool, run, waits, settings } = await startWorkers(root.path);
    expect(await run("main.mjs", look)).toContain("was started main.mjs .");
    for (let count = 0; count < 3; count += 1) {
      await waits();
      expect(pool.ahead().bytes).toBeGreaterThan(1024 ** 2);
      expect(await run("main.mjs", look)).toContain("was ahead main.mjs . clean");
    }
    await waits();
    expect(await processesWith("script-at-go")).not.toEqual([]);
    await pool.close();
    expect(pool.ahead()).toEqual({ count: 0, bytes: 0 });
    expect(await readdir(settings.workDir)).toEqual([]);
  });

  test("createWarmRunners() keeps a runner with Node for a worker's first attempt, which may need another", async () => {
    await using root = await temporaryFolder();
    const { pool, run, waits } = await startWorkers(root.path);
    await waits();
    expect(await run("main.mjs", look)).toContain("was ahead main.mjs . clean");
    await pool.close();
    const other = await startWorkers(root.path);
    await other.waits();
    expect(await other.run("main.sh", "echo runs\n")).toContain("runs");
    await other.pool.close();
    expect(await readdir(other.settings.workDir)).toEqual([]);
  });

  test("createWarmRunners() has only the first step of an attempt planned", async () => {
    await using root = await temporaryFolder();
    const [pipes, log] = [createPipePool(root.path), pino({ level: "silent" })];
    const deps = {
      sandbox: { kind: "none" } as const,
      pipes,
      workDir: root.path,
      log,
      firstShape: async () => undefined,
      onMemory: () => undefined,
    };
    const { startedAhead } = await createWarmRunners(deps).open();
    let plans = 0;
    const plan = async () => {
      plans += 1;
      return undefined;
    };
    for (let step = 0; step < 3; step += 1) expect(await startedAhead.take(plan)).toBeUndefined();
    expect(plans).toBe(1);
  });

  test("createWarmRunners() follows the runtime of the last attempt", async () => {
    await using root = await temporaryFolder();
    const { pool, run, waits } = await startWorkers(root.path);
    const python = `print("ahead", "script-at-go" in open("/proc/self/cmdline").read())`;
    await run("main.mjs", look);
    await waits();
    expect(await run("main.py", python)).toContain("ahead False");
    await waits();
    expect(await run("main.py", python)).toContain("ahead True");
    await pool.close();
  });

  test("createWarmRunners() keeps none when it is turned off", async () => {
    await using root = await temporaryFolder();
    const { pool, run } = await startWorkers(root.path, false);
    for (let count = 0; count < 2; count += 1) expect(await run("main.mjs", look)).toContain("was started");
    expect(pool.ahead()).toEqual({ count: 0, bytes: 0 });
    await pool.close();
  });
});
