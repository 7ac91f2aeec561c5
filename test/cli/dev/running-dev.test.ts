import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { layOutDataFolder } from "../../../packages/cli/src/dev/data-folder.ts";
import { claimFolder, findRunningDev, requireUnused } from "../../../packages/cli/src/dev/running-dev.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sealrun-test-claim-"));
});
afterEach(async () => rm(root, { recursive: true, force: true }));

const folder = () => layOutDataFolder(root);

describe("claimFolder()", () => {
  test("claimFolder() names the process that uses the folder, and where it listens once it is ready", async () => {
    const claimed = await claimFolder(folder());
    await expect(requireUnused(folder())).rejects.toThrow(`process ${process.pid}, which is starting`);
    await claimed.markReady("http://127.0.0.1:7700");
    await expect(claimFolder(folder())).rejects.toMatchObject({
      code: "DATA_FOLDER_UNUSABLE",
      message: expect.stringContaining(`runs at http://127.0.0.1:7700; stop it with: sealrun dev stop --data ${root}`),
    });
    await claimed.release();
    expect(await readdir(root)).toEqual([]);
    await requireUnused(folder());
  });

  test.each([
    ["of a process that has ended", JSON.stringify({ pid: 2 ** 22 - 1, startedAt: "1", url: null })],
    ["of a later process with its id", JSON.stringify({ pid: process.pid, startedAt: "1", url: null })],
    ["that is damaged", "{"],
  ])("claimFolder() replaces a record %s", async (_what, text) => {
    await writeFile(folder().runningDev, text);
    expect(await findRunningDev(folder())).toBeUndefined();
    await claimFolder(folder());
    expect(await findRunningDev(folder())).toMatchObject({ pid: process.pid, url: null });
    expect(await readdir(root)).toEqual(["dev.json"]);
  });

  test("claimFolder() lets one of several that start at once use the folder", async () => {
    await writeFile(folder().runningDev, JSON.stringify({ pid: process.pid, startedAt: "1", url: null }));
    const all = await Promise.allSettled(Array.from({ length: 8 }, async () => claimFolder(folder())));
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await readdir(root)).toEqual(["dev.json"]);
  });

  test("claimFolder() releases only its own record", async () => {
    const claimed = await claimFolder(folder());
    const other = JSON.stringify({ pid: 1, startedAt: "x", url: null });
    await writeFile(folder().runningDev, other);
    await claimed.release();
    expect(await readFile(folder().runningDev, "utf8")).toBe(other);
  });
});
