import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFolder } from "../../../packages/cli/src/files/make-folder.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("makeFolder() makes every missing folder only for the owner, and gives those that it made", async () => {
  const made = await makeFolder(join(folder, "a/b/c"));
  expect(made).toEqual(["a", "a/b", "a/b/c"].map((path) => join(folder, path)));
  expect(await makeFolder(join(folder, "a/b/d"))).toEqual([join(folder, "a/b/d")]);
  for (const path of ["a", "a/b", "a/b/c"]) expect((await stat(join(folder, path))).mode & 0o777).toBe(0o700);
});

test("makeFolder() is content with a folder that is there", async () => {
  expect(await makeFolder(folder)).toEqual([]);
  expect((await stat(folder)).isDirectory()).toBe(true);
});

test("makeFolder() throws where nothing can be made", async () => {
  await writeFile(join(folder, "file"), "");
  await expect(makeFolder(join(folder, "file/below"))).rejects.toThrow("ENOTDIR");
  await expect(makeFolder("/proc/nowhere/below")).rejects.toThrow("ENOENT");
});
