import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fillNewFolder } from "../../../packages/cli/src/files/new-folder.ts";
import { rejectionOf } from "../../support/refusal.ts";

let top: string;
beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), "sealrun-new-folder-"));
});
afterAll(async () => rm(top, { recursive: true }));

test("fillNewFolder() makes a folder with its mode, and takes an empty one", async () => {
  const folder = join(top, "a", "b");
  await fillNewFolder(folder, 0o700, async () => undefined);
  await fillNewFolder(folder, 0o700, async () => writeFile(join(folder, "x"), "1"));
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  const again = fillNewFolder(folder, 0o700, async () => writeFile(join(folder, "x"), "2"));
  expect(await rejectionOf(again)).toMatchObject({ code: "ALREADY_EXISTS" });
});

test("fillNewFolder() says that a folder cannot be written", async () => {
  expect(await rejectionOf(fillNewFolder("/proc/none/a", 0o700, async () => undefined))).toMatchObject({
    code: "FILE_NOT_FOUND",
    message: expect.stringMatching(/^"\/proc\/none\/a" cannot be written: .* choose another folder$/),
  });
});
