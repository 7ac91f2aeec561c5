import { chmod, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPrivateFile } from "../../packages/key-files/src/private-file.ts";
import { rejectionOf } from "../support/refusal.ts";
import { writePrivate } from "../support/private-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-private-"));
});
afterAll(async () => rm(folder, { recursive: true }));

test("readPrivateFile() reads a file that only its owner can read, behind a link too", async () => {
  const file = await writePrivate(folder, "file", "content");
  await symlink(file, join(folder, "link"));
  for (const path of [file, join(folder, "link")]) {
    expect(Buffer.from(await readPrivateFile(path, "CONFIG_INVALID")).toString()).toBe("content");
  }
});

test("readPrivateFile() refuses every mode that lets others in, with the code it was given", async () => {
  const file = await writePrivate(folder, "open", "content");
  for (const bit of [0o001, 0o002, 0o004, 0o010, 0o020, 0o040]) {
    await chmod(file, 0o600 | bit);
    const refusal = await rejectionOf(readPrivateFile(file, "ROOT_KEY_UNREADABLE"));
    expect(refusal.code).toBe("ROOT_KEY_UNREADABLE");
    expect(refusal.message).toContain((0o600 | bit).toString(8));
  }
});

test("readPrivateFile() names a file that is not there and why", async () => {
  const refusal = await rejectionOf(readPrivateFile(join(folder, "nothing"), "CONFIG_INVALID"));
  expect(refusal.message).toContain("nothing cannot be read (ENOENT)");
});
