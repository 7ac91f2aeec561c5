import { mkdtemp, rm, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import {
  clearStalePostmaster,
  isReady,
  makeSocketFolder,
  removeSocketFolder,
} from "../../../packages/cli/src/servers/postmaster.ts";

let folder = "";
const made: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
  made.push(folder);
});

afterAll(async () => {
  for (const path of made) await rm(path, { recursive: true, force: true });
});

async function writePid(pid: number | string, state: string): Promise<void> {
  await writeFile(join(folder, "postmaster.pid"), `${pid}\n${folder}\n1\n5432\n/tmp/x\n\n 1 1\n${state}\n`);
}

test.each([
  ["dead", 2 ** 22 + 1],
  ["another program's", process.pid],
  ["not a number", "?"],
  ["a group", -1],
])("clearStalePostmaster() removes a pid file whose pid is %s", async (_what, pid) => {
  await writePid(pid, "ready   ");
  await clearStalePostmaster(folder);
  expect(await readdir(folder)).toEqual([]);
});

test("isReady() believes only the server of that pid", async () => {
  await writePid(42, "ready   ");
  expect(await isReady(folder, 42)).toBe(true);
  expect(await isReady(folder, 43)).toBe(false);
  await writePid(42, "starting");
  expect(await isReady(folder, 42)).toBe(false);
});

test("makeSocketFolder() removes the folder that the record names and makes a private one", async () => {
  const record = join(folder, "record");
  const first = await makeSocketFolder(record);
  const second = await makeSocketFolder(record);
  made.push(second);
  await expect(stat(first)).rejects.toThrow("ENOENT");
  expect((await stat(second)).mode & 0o777).toBe(0o700);
});

test("removeSocketFolder() keeps every folder that it did not make", async () => {
  await mkdir(join(folder, "sealrun-pg-below"));
  for (const path of [folder, join(folder, "sealrun-pg-below"), join(tmpdir(), "sealrun-pg-x", "..", "..")]) {
    await removeSocketFolder(path);
  }
  expect(await readdir(folder)).toEqual(["sealrun-pg-below"]);
});
