import { mkdir, readdir, readFile, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCgroup } from "../../../../executor/src/child/limits/cgroup.ts";
import { makeHome } from "../../../../executor/src/supervisor/workers/worker-home.ts";
import { startWorker } from "../../../../executor/src/supervisor/workers/worker-process.ts";
import { refusalOf } from "../../../support/refusal.ts";
import { until } from "../../../support/until.ts";
import { makePreparer, makeSettings, runOne, workerProgram } from "../../supervisor/workers/run-in-worker.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const user = 71_660;

/** Where version 2 is mounted; undefined without it. */
async function findMount(): Promise<string | undefined> {
  const lines = (await readFile("/proc/mounts", "utf8")).split("\n");
  return lines.find((line) => line.split(" ")[2] === "cgroup2")?.split(" ")[1];
}

test("createWorkerCgroup() lets a worker with a user of its own make cgroups of steps, and goes at once with a lost worker", async () => {
  const mount = await findMount();
  if (mount === undefined || process.getuid?.() !== 0) {
    // Nothing was delegated to this user.
    expect(refusalOf(() => openCgroup(mount ?? "/nowhere")).code).toBe("CONFIG_INVALID");
    return;
  }
  await using root = await temporaryFolder();
  const folder = join(mount, `sealrun-test-${process.pid}`);
  await mkdir(folder);
  const made = await makeSettings(root.path, { isSandboxed: true });
  if (made.sandbox.kind === "none") throw new TypeError("there is no sandbox");
  const settings = { ...made, sandbox: { ...made.sandbox, cgroup: openCgroup(folder) } };
  const home = await makeHome(settings, { place: { kind: "own-user", user }, program: workerProgram });
  const worker = startWorker(home, { log: console, program: workerProgram });
  await worker.ready;
  const [own = ""] = (await readdir(folder)).filter((name) => name.startsWith("sealrun-worker-"));
  expect((await stat(join(folder, own))).uid).toBe(user);
  const preparer = await makePreparer(settings);
  const { end, items } = runOne({ ...worker, preparer }, { files: { "main.sh": "echo begins; sleep 600\n" } });
  await until(() => (items.join("").includes("begins") ? true : undefined));
  const inside = await readdir(join(folder, own));
  const [step = ""] = inside.filter((name) => name.startsWith("sealrun-step-"));
  const processes = await readFile(join(folder, own, step, "cgroup.procs"), "utf8");
  expect(processes.trim().split("\n").length).toBeGreaterThan(1);
  process.kill(worker.pid, "SIGKILL");
  await worker.gone;
  await home.leave();
  expect(await end).toEqual(["WORKER_LOST", expect.any(String)]);
  expect((await readdir(folder)).filter((name) => name.startsWith("sealrun-"))).toEqual([]);
  await rmdir(folder);
});
