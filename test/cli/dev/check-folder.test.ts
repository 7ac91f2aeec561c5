import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { prepareDataFolder } from "../../../packages/cli/src/dev/check-folder.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-data-"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe("prepareDataFolder()", () => {
  test("prepareDataFolder() makes a folder that only its owner may enter, and closes an existing one", async () => {
    await prepareDataFolder(join(folder, "new/one"));
    expect(await modeOf(join(folder, "new/one"))).toBe(0o700);
    await mkdir(join(folder, "open"), { mode: 0o755 });
    await prepareDataFolder(join(folder, "open"));
    expect(await modeOf(join(folder, "open"))).toBe(0o700);
  });

  test("prepareDataFolder() refuses a folder with other files, and leaves it as it is", async () => {
    const used = join(folder, "used");
    await mkdir(used, { mode: 0o755 });
    await writeFile(join(used, "precious"), "");
    await expect(prepareDataFolder(used)).rejects.toMatchObject({
      code: "DATA_FOLDER_UNUSABLE",
      message: expect.stringContaining('"precious"'),
    });
    expect(await modeOf(used)).toBe(0o755);
  });

  test.each([["admin.token", "notes.txt"], ["types"], ["lost+found", "logs", "postgres.new-x1y2z3", "dev.json"]])(
    "prepareDataFolder() takes a folder with %s",
    async (...names) => {
      for (const name of names) await writeFile(join(folder, name), "");
      await prepareDataFolder(folder);
      expect(await modeOf(folder)).toBe(0o700);
    },
  );

  test("prepareDataFolder() says what is no folder, and where none can be made", async () => {
    await writeFile(join(folder, "file"), "");
    for (const path of [join(folder, "file"), join(folder, "file/below"), "/proc/nowhere"]) {
      await expect(prepareDataFolder(path)).rejects.toMatchObject({ code: "DATA_FOLDER_UNUSABLE" });
    }
  });
});
