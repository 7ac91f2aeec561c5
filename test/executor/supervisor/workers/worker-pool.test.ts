import { readdir, readFile } from "node:fs/promises";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { openHomes } from "../../../../executor/src/supervisor/workers/open-homes.ts";
import { createWorkerPool } from "../../../../executor/src/supervisor/workers/worker-pool.ts";
import { childrenOf } from "../../../support/processes.ts";
import { until } from "../../../support/until.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { makePreparer, makeSettings, runOne, workerProgram } from "./run-in-worker.ts";

const quick = { files: { "main.sh": "echo done\n" } };
const held = { files: { "main.sh": "echo begins; sleep 600\n" } };
const ended: unknown = expect.objectContaining({ kind: "run", failure: undefined });

async function startPool(folder: string, slots: number, program = workerProgram) {
  // Of another file of tests, whose pool has just been closed.
  await until(async () => ((await workers()).length === 0 ? true : undefined));
  const settings = await makeSettings(folder);
  const homes = openHomes({ settings, program, separation: { kind: "shared" } });
  const preparer = await makePreparer(settings);
  const created = createWorkerPool({ homes, program, slots, log: pino({ level: "silent" }) });
  // A program that is not there ends at once: its home may be gone before it is looked for.
  if (program === workerProgram) {
    await until(async () => ((await readdir(settings.workDir)).length > 0 ? true : undefined));
  }
  /** The processes of this pool: their command line names the program, and their folder is the pool's own. */
  const before = new Set((await workers()).map(({ pid }) => pid));
  const pool = { ...created, preparer };
  return { pool, before, workDir: settings.workDir };
}

async function workers() {
  const children = await childrenOf(process.pid);
  const lines = await Promise.all(
    children.map(async ({ pid }) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return children.filter((_, index) => lines[index]?.includes(workerProgram) === true);
}

describe("createWorkerPool()", () => {
  test("createWorkerPool() runs one attempt after another in the same process, with one ahead for more slots", async () => {
    await using root = await temporaryFolder();
    const { pool, before } = await startPool(root.path, 1);
    expect(before.size).toBe(1);
    for (let count = 0; count < 3; count += 1) expect(await runOne(pool, quick).end).toEqual(ended);
    expect((await workers()).map(({ pid }) => pid)).toEqual([...before]);
    await pool.close();
    expect(await workers()).toEqual([]);
  });

  test("createWorkerPool() starts no more workers than there are slots", async () => {
    await using root = await temporaryFolder();
    const { pool } = await startPool(root.path, 2);
    const runs = [runOne(pool, held), runOne(pool, held)];
    await until(async () => (runs.every(({ items }) => items.join("").includes("begins")) ? true : undefined));
    expect(await workers()).toHaveLength(2);
    for (const { stop } of runs) stop.abort();
    for (const { end } of runs) expect(await end).toMatchObject({ failure: { code: "CANCELLED" } });
    await pool.close();
  });

  test("createWorkerPool() blames the machine for a worker that does not start: nothing of the attempt has run", async () => {
    await using root = await temporaryFolder();
    const { pool } = await startPool(root.path, 1, "/not/there.js");
    expect(await runOne(pool, quick).end).toEqual(["MACHINE_FAILED", expect.stringContaining("while it started")]);
    expect(pool.lost()).toBe(0);
    await pool.close();
  });

  test("createWorkerPool() replaces a worker that is lost, and its neighbour's run goes on", async () => {
    await using root = await temporaryFolder();
    const { pool, workDir } = await startPool(root.path, 2);
    const first = runOne(pool, held);
    await until(async () => (first.items.join("").includes("begins") ? true : undefined));
    const [known] = await workers();
    const neighbour = runOne(pool, { files: { "main.sh": "echo begins; sleep 3; echo whole\n" } });
    await until(async () => (neighbour.items.join("").includes("begins") ? true : undefined));
    process.kill(known?.pid ?? 0, "SIGKILL");
    expect(await first.end).toEqual(["WORKER_LOST", expect.any(String)]);
    expect(await runOne(pool, quick).end).toEqual(ended);
    expect(await neighbour.end).toEqual(ended);
    expect(neighbour.items.join("")).toContain("whole");
    expect(pool.lost()).toBe(1);
    await pool.close();
    expect(await readdir(workDir)).toEqual([]);
  });
});
