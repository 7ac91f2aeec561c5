import { mkdir, open, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "../../../executor/src/child/own-folder.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("makeFolder() makes what is missing above too, and accepts a folder that is there", async () => {
  await using root = await temporaryFolder();
  const folder = join(root.path, "a/b/c");
  await makeFolder(folder);
  await makeFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test("makeFolder() refuses a path on which there is a file", async () => {
  await using root = await temporaryFolder();
  await writeFile(join(root.path, "file"), "");
  await expect(makeFolder(join(root.path, "file"))).rejects.toThrow("EEXIST");
  await expect(makeFolder(join(root.path, "file/below"))).rejects.toThrow("ENOTDIR");
});

test("makeFolder() ends where a folder above was removed and its path is kept", async () => {
  await using root = await temporaryFolder();
  const removed = join(root.path, "removed");
  await mkdir(removed);
  await using kept = await open(removed);
  await rmdir(removed);
  await expect(makeFolder(`/proc/self/fd/${kept.fd}/a/b`)).rejects.toThrow("ENOENT");
});
