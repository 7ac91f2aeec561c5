import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPrivateFile, readPublicFile } from "../../packages/platform/src/private-file.ts";

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-private-file-"));
  file = join(folder, "secret");
  await writeFile(file, "hunter2");
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

describe("readPrivateFile()", () => {
  test.each([0o600, 0o400, 0o700])("readPrivateFile() reads a file of mode %o", async (mode) => {
    await chmod(file, mode);
    expect(Buffer.from(await readPrivateFile(file, "CONFIG_INVALID")).toString()).toBe("hunter2");
  });

  test.each([0o640, 0o604, 0o660, 0o644, 0o610])("readPrivateFile() refuses a file of mode %o", async (mode) => {
    await chmod(file, mode);
    await expect(readPrivateFile(file, "ROOT_KEY_UNREADABLE")).rejects.toMatchObject({
      code: "ROOT_KEY_UNREADABLE",
      message: `${file} has mode 0${mode.toString(8)}, so others can read it; run chmod 600 on it`,
    });
  });
});

describe("readPublicFile()", () => {
  test("readPublicFile() reads a file of any mode and says why it cannot", async () => {
    await chmod(file, 0o644);
    expect((await readPublicFile(file, "CONFIG_INVALID")).length).toBe(7);
    await expect(readPublicFile(folder, "CONFIG_INVALID")).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("EISDIR"),
    });
  });
});
