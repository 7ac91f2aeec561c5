import { SealrunError } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { isAlive, markProcess, type ProcessMark } from "../../../../executor/src/child/process-tree.ts";
import { startWorker, type WorkerProcess } from "../../../../executor/src/supervisor/workers/worker-process.ts";
import { makeHome } from "../../../../executor/src/supervisor/workers/worker-home.ts";
import { until } from "../../../support/until.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { makePreparer, makeSettings, type Run, runOne, stolenProgram, workerProgram } from "./run-in-worker.ts";

interface StartedRun extends Run {
  readonly worker: WorkerProcess;
  readonly logged: { readonly fields: object; readonly message: string }[];
}

/** Gives one attempt to a new worker, the shipped one or one that someone took over. */
async function startOne(
  folder: string,
  attempt: Parameters<typeof runOne>[1],
  given: Parameters<typeof runOne>[2] & { readonly program?: string } = {},
): Promise<StartedRun> {
  const logged: StartedRun["logged"] = [];
  const note = (fields: object, message: string): void => void logged.push({ fields, message });
  const log = { warn: note, error: note };
  const { program = workerProgram } = given;
  const settings = await makeSettings(folder);
  const home = await makeHome(settings, { place: { kind: "shared" }, program });
  const worker = startWorker(home, { log, program });
  await worker.ready;
  const preparer = await makePreparer(settings);
  return { worker, logged, ...runOne({ ...worker, preparer }, attempt, given) };
}

describe("startWorker()", () => {
  test("startWorker() runs an attempt with nothing in its own environment and command line", async () => {
    await using root = await temporaryFolder();
    const files = { "main.sh": 'echo "from the script"\nsealrun-context get NOT_THERE || true\n' };
    const { worker, end, items } = await startOne(root.path, { files });
    expect(await end).toMatchObject({ kind: "run", failure: undefined });
    expect(items.join("")).toContain("from the script");
    await worker.close();
    expect(worker.isAlive()).toBe(false);
  });

  test("startWorker() ends the script when the deadline passes, without a word of its supervisor", async () => {
    await using root = await temporaryFolder();
    const { worker, end } = await startOne(root.path, { files: { "main.sh": "sleep 600\n" } }, { leaseMs: 2_000 });
    expect(await end).toMatchObject({ kind: "run", failure: { code: "LEASE_LOST", message: expect.any(String) } });
    await worker.close();
  });

  test("startWorker() ends the script when the attempt is cancelled", async () => {
    await using root = await temporaryFolder();
    const files = { "main.sh": "echo begins; sleep 600\n" };
    const { worker, end, items, stop } = await startOne(root.path, { files });
    await until(async () => (items.join("").includes("begins") ? true : undefined));
    stop.abort(new SealrunError("CANCELLED", ""));
    expect(await end).toMatchObject({ kind: "run", failure: { code: "CANCELLED", message: expect.any(String) } });
    await worker.close();
  });

  test("startWorker() loses an attempt at once when its process is killed", async () => {
    await using root = await temporaryFolder();
    const { worker, end, items } = await startOne(root.path, { files: { "main.sh": "echo begins; sleep 600\n" } });
    await until(async () => (items.join("").includes("begins") ? true : undefined));
    process.kill(worker.pid, "SIGKILL");
    expect(await end).toEqual(["WORKER_LOST", "The process that ran this execution ended (SIGKILL)"]);
    await worker.close();
  });
});

describe("startWorker() with a worker that someone took over", () => {
  test.each([
    ["ends", "ended (exit code 3)"],
    ["cuts its socket", "closed its connection"],
    ["asks too much", "sent what no worker may send"],
    ["asks for a claim", "sent what no worker may send"],
    ["asks for a signature", "sent what no worker may send"],
    ["announces 2 GB", "sent what no worker may send"],
    ["announces 8 MB", "sent what no worker may send"],
    ["is ready again", "sent what no worker may send"],
    ["answers what nobody asked", "sent what no worker may send"],
    ["reports too much at once", "sent what no worker may send"],
  ])("startWorker() ends one that %s", async (does, sentence) => {
    await using root = await temporaryFolder();
    const { worker, end } = await startOne(root.path, { config: { does } }, { program: stolenProgram });
    expect(await end).toEqual(["WORKER_LOST", expect.stringContaining(sentence)]);
    expect(worker.isAlive()).toBe(false);
  });

  test("startWorker() ends one that reports more than it may, and keeps little of it", async () => {
    await using root = await temporaryFolder();
    const before = process.memoryUsage().rss;
    const does = "reports without a pause";
    const { end } = await startOne(root.path, { config: { does } }, { program: stolenProgram, slowReports: true });
    expect(await end).toEqual(["WORKER_LOST", expect.stringContaining("sent what no worker may send")]);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test("startWorker() ends one that reads nothing and reports in single bytes", async () => {
    await using root = await temporaryFolder();
    const before = process.memoryUsage().rss;
    const { end } = await startOne(root.path, { config: { does: "reads nothing" } }, { program: stolenProgram });
    expect(await end).toEqual(["WORKER_LOST", expect.stringContaining("sent what no worker may send")]);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test("startWorker() ends one that fills the log, and writes little of it", async () => {
    await using root = await temporaryFolder();
    const config = { does: "fills the log" };
    const { end, logged } = await startOne(root.path, { config }, { program: stolenProgram });
    expect(await end).toEqual(["WORKER_LOST", expect.stringContaining("sent what no worker may send")]);
    const said = logged.filter(({ message }) => message === "said");
    expect(said).toHaveLength(100);
    expect(JSON.stringify(said).length).toBeLessThan(20_000);
  });

  test("startWorker() ends one that fills the log after its attempt", async () => {
    await using root = await temporaryFolder();
    const config = { does: "fills the log after its end" };
    const { worker, end, logged } = await startOne(root.path, { config }, { program: stolenProgram });
    expect(await end).toMatchObject({ kind: "run", failure: undefined });
    await worker.gone;
    expect(worker.isAlive()).toBe(false);
    expect(logged.filter(({ message }) => message === "said")).toHaveLength(100);
  });

  test("startWorker() asks for the worker's own attempt, whatever the worker names", async () => {
    await using root = await temporaryFolder();
    const config = { does: "names another attempt" };
    const { worker, end, refs } = await startOne(root.path, { config }, { program: stolenProgram });
    expect(await end).toMatchObject({ kind: "run", failure: undefined });
    expect(refs).toEqual([expect.objectContaining({ attempt: 1 })]);
    expect(JSON.stringify(refs)).not.toContain("exe_00000000000000000000");
    await worker.close();
  });

  test("startWorker() ends one that is silent for ten seconds, with everything below it", async () => {
    await using root = await temporaryFolder();
    const { end, logged } = await startOne(
      root.path,
      { config: { does: "never answers" } },
      { program: stolenProgram },
    );
    await until(async () => (logged.length > 0 ? true : undefined));
    const [line] = logged;
    const id = line !== undefined && "child" in line.fields ? Number(line.fields.child) : 0;
    const child: ProcessMark | undefined = await markProcess(id);
    expect(child).toBeDefined();
    expect(await end).toEqual(["WORKER_LOST", expect.stringContaining("did not answer for a while")]);
    if (child !== undefined) await until(async () => ((await isAlive(child)) ? undefined : true));
  });
});
