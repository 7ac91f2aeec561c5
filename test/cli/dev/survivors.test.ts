import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { programs } from "../../support/servers.ts";

const holder = fileURLToPath(new URL("../../support/hold-servers.ts", import.meta.url));
let dataFolder = "";

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
});

afterAll(() => rm(dataFolder, { recursive: true, force: true }));

/** Starts a process that starts PostgreSQL, NATS and a part, and waits until it says so. */
async function startHolder(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--conditions=@sealrun/source", holder, dataFolder], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin?.end(JSON.stringify(programs()));
  if (child.stdout === null) throw new Error("no output");
  await once(createInterface({ input: child.stdout }), "line");
  return child;
}

/** Processes whose command line names the data folder, as that of every server and part does. */
async function alive(): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(dataFolder));
}

test.each(["SIGKILL", "SIGTERM"] as const)(
  "startPostgres(), startNats() and startPartProcess() leave nothing alive after %s, and start again",
  async (signal) => {
    const child = await startHolder();
    expect((await alive()).length).toBeGreaterThan(3);
    child.kill(signal);
    await once(child, "exit");
    await expect.poll(alive).toEqual([]);
  },
);

test("startPostgres() removes the socket folder that a killed start left behind", async () => {
  const record = join(dataFolder, "postgres/socket-folder");
  const killed = await startHolder();
  const left = await readFile(record, "utf8");
  killed.kill("SIGKILL");
  await once(killed, "exit");
  const next = await startHolder();
  await expect(readdir(left)).rejects.toThrow("ENOENT");
  next.kill("SIGKILL");
  await once(next, "exit");
  await expect.poll(alive).toEqual([]);
  await rm(await readFile(record, "utf8"), { recursive: true, force: true });
});
