import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
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

async function untilNoneIsAlive(): Promise<string[]> {
  for (let tries = 0; tries < 200 && (await alive()).length > 0; tries++) await sleep(50);
  return alive();
}

test.each(["SIGKILL", "SIGTERM"] as const)(
  "startPostgres(), startNats() and startPartProcess() leave nothing alive after %s, and start again",
  async (signal) => {
    const child = await startHolder();
    expect((await alive()).length).toBeGreaterThan(3);
    child.kill(signal);
    await once(child, "exit");
    expect(await untilNoneIsAlive()).toEqual([]);
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
  expect(await untilNoneIsAlive()).toEqual([]);
  await rm(await readFile(record, "utf8"), { recursive: true, force: true });
});
