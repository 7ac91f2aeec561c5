import { mkdtemp, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fillNewFolder } from "../../../packages/cli/src/files/new-folder.ts";
import { SealrunError } from "@sealrun/protocol";
import { rejectionOf } from "../../support/refusal.ts";

let top: string;
beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), "sealrun-new-folder-"));
});
afterAll(async () => rm(top, { recursive: true }));

const write = (name: string) => async (draft: string) => writeFile(join(draft, name), "");

test("fillNewFolder() makes a folder with its mode, and takes an empty one", async () => {
  const folder = join(top, "a", "b");
  await fillNewFolder(folder, 0o700, async () => undefined);
  const { ino } = await stat(folder);
  await fillNewFolder(folder, 0o700, write("x"));
  expect(await readdir(folder)).toEqual(["x"]);
  // It may be the folder in which the command was typed.
  expect((await stat(folder)).ino).toBe(ino);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  const again = fillNewFolder(folder, 0o700, write("y"));
  expect(await rejectionOf(again)).toMatchObject({ code: "ALREADY_EXISTS" });
});

test("fillNewFolder() says that a folder cannot be written", async () => {
  expect(await rejectionOf(fillNewFolder("/proc/none/a", 0o700, async () => undefined))).toMatchObject({
    code: "FILE_NOT_FOUND",
    message: expect.stringMatching(/^"\/proc\/none\/a" cannot be written: .* choose another folder$/),
  });
});

test.each([
  ["a new folder below new ones", "c/d/e", [] as string[]],
  ["an empty folder", "empty", ["empty"]],
])("fillNewFolder() leaves nothing in %s when it fails half-way", async (_what, name, left) => {
  const own = await mkdtemp(join(top, "half-"));
  for (const path of left) await mkdir(join(own, path));
  const failing = fillNewFolder(join(own, name), 0o700, async (draft) => {
    await write("first")(draft);
    throw new SealrunError("TAMPERED", "");
  });
  expect(await rejectionOf(failing)).toMatchObject({ code: "TAMPERED" });
  expect(await readdir(own, { recursive: true })).toEqual(left);
});

test("fillNewFolder() keeps what another program has put there meanwhile", async () => {
  const folder = join(top, "taken");
  const late = fillNewFolder(folder, 0o700, async (draft) => {
    await write("mine")(draft);
    await mkdir(folder);
    await write("theirs")(folder);
  });
  expect(await rejectionOf(late)).toMatchObject({ code: "ALREADY_EXISTS" });
  expect(await readdir(folder)).toEqual(["theirs"]);
});

test("fillNewFolder() refuses an empty name", async () => {
  expect(await rejectionOf(fillNewFolder("", 0o700, write("x")))).toMatchObject({ code: "USAGE" });
});
