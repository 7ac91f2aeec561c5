import { link, mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { measureWorkFolder } from "../../../../executor/src/child/limits/measure-work-folder.ts";
import { watchWorkFolder } from "../../../../executor/src/child/limits/work-folder.ts";
import { until } from "../../../support/until.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const max = { bytes: 10_000_000, files: 1_000 };
const none = () => ({ bytes: 0, files: 0 });

describe("measureWorkFolder()", () => {
  test("measureWorkFolder() counts blocks, follows no link, and counts a file with two names once", async () => {
    await using root = await temporaryFolder();
    await mkdir(join(root.path, "a/b"), { recursive: true });
    await writeFile(join(root.path, "a/b/file"), Buffer.alloc(100_000, 1));
    const before = await measureWorkFolder(root.path, max);
    expect(before.bytes).toBeGreaterThanOrEqual(100_000);
    expect(before.bytes).toBeLessThan(130_000);
    expect(before).toMatchObject({ files: 3, isWhole: true });
    await link(join(root.path, "a/b/file"), join(root.path, "again"));
    await symlink("/", join(root.path, "a/root"));
    await truncate(join(root.path, "a/b/file"), 5_000_000);
    const after = await measureWorkFolder(root.path, max);
    expect(after.bytes).toBeLessThan(140_000);
    expect(after.files).toBe(5);
  });

  test("measureWorkFolder() counts files whose names are no text", async () => {
    await using root = await temporaryFolder();
    await writeFile(Buffer.concat([Buffer.from(`${root.path}/`), Buffer.from([0xff, 0xfe])]), Buffer.alloc(50_000, 1));
    expect((await measureWorkFolder(root.path, max)).bytes).toBeGreaterThanOrEqual(50_000);
  });

  test("measureWorkFolder() stops where it is over the maximum", async () => {
    await using root = await temporaryFolder();
    for (let index = 0; index < 30; index += 1) await writeFile(join(root.path, String(index)), "x");
    expect((await measureWorkFolder(root.path, { ...max, files: 9 })).files).toBe(10);
    expect((await measureWorkFolder(root.path, { ...max, bytes: 1 })).files).toBe(1);
  });

  test("measureWorkFolder() passes over a folder that is gone", async () => {
    expect(await measureWorkFolder("/nowhere/at/all", max)).toEqual({ bytes: 0, files: 0, isWhole: false });
  });
});

describe("watchWorkFolder()", () => {
  test("watchWorkFolder() measures after a second, not at each look", async () => {
    await using root = await temporaryFolder();
    const folder = watchWorkFolder(root.path, max);
    await writeFile(join(root.path, "file"), Buffer.alloc(100_000, 1));
    expect(await folder.look(none)).toEqual({ bytes: 0, files: 0 });
    const use = await until(async () => {
      const found = await folder.look(none);
      return found.files > 0 ? found : undefined;
    });
    expect(use).toMatchObject({ files: 1 });
  });

  test("watchWorkFolder() goes on when its folder was moved away", async () => {
    await using root = await temporaryFolder();
    await writeFile(join(root.path, "file"), "");
    for (const path of ["gone", "file/below"]) {
      expect(await watchWorkFolder(join(root.path, path), max).look(none)).toEqual({ bytes: 0, files: 0 });
    }
  });
});
