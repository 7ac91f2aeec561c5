import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { measureFolder } from "../../../executor/src/dependencies/measure-folder.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("measureFolder() adds up files and follows no link", async () => {
  await using root = await temporaryFolder();
  await mkdir(join(root.path, "a/b"), { recursive: true });
  await writeFile(join(root.path, "a/b/file"), "12345");
  await writeFile(join(root.path, "file"), "123");
  expect(await measureFolder(root.path)).toBe(8);
  await symlink("/", join(root.path, "a/root"));
  expect(await measureFolder(root.path)).toBeLessThan(20);
});

test("measureFolder() refuses what is over the limit", async () => {
  await using root = await temporaryFolder();
  await writeFile(join(root.path, "file"), "12345");
  await writeFile(join(root.path, "other"), "");
  for (const most of [
    { bytes: 4, files: 10 },
    { bytes: 10, files: 1 },
  ]) {
    expect(await rejectionOf(measureFolder(root.path, most))).toMatchObject({ code: "DEPENDENCIES_FAILED" });
  }
  expect(await measureFolder(root.path, { bytes: 5, files: 2 })).toBe(5);
});
