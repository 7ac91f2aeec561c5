import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mountSmallDisk } from "../../support/small-disk.ts";
import { openRotatingLog, openServerLog } from "../../../packages/cli/src/files/rotating-log.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-log-"));
  path = join(folder, "part.log");
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const names = async (): Promise<readonly string[]> => (await readdir(folder)).toSorted();
const read = async (name: string): Promise<string> => readFile(join(folder, name), "utf8");

describe("openRotatingLog()", () => {
  test("openRotatingLog() loses no line of a flood and keeps each whole, in files that only the owner reads", async () => {
    const log = await openRotatingLog(path, { bytes: 10_000, files: 1_000 });
    const lines = Array.from({ length: 20_000 }, (_, number) => `line ${number} ${"é".repeat(number % 50)}`);
    for (const line of lines) log.write(line);
    await log.close();
    const files = (await names()).toSorted((left, right) => numberOf(right) - numberOf(left));
    expect(files.length).toBeGreaterThan(50);
    const texts = await Promise.all(files.map(read));
    expect(texts.join("")).toBe(lines.map((line) => `${line}\n`).join(""));
    for (const [place, name] of files.entries()) {
      const { size, mode } = await stat(join(folder, name));
      expect(size).toBeLessThanOrEqual(10_000);
      expect(mode & 0o777).toBe(0o600);
      expect(texts[place]).toMatch(/\n$/);
    }
  });

  test("openRotatingLog() keeps only the newest files, and goes on with what an earlier process wrote", async () => {
    await writeFile(path, "earlier\n", { mode: 0o600 });
    const log = await openRotatingLog(path, { bytes: 16, files: 3 });
    for (const line of ["one", "two two two two", "three", "four", "a line that is longer than a file"])
      log.write(line);
    await log.close();
    expect(await names()).toEqual(["part.1.log", "part.2.log", "part.log"]);
    expect(await read("part.2.log")).toBe("two two two two\n");
    expect(await read("part.1.log")).toBe("three\nfour\n");
    expect(await read("part.log")).toBe("a line that is longer than a file\n");
  });

  test("openRotatingLog() writes on in the same file when the folder does not let it be renamed", async () => {
    const log = await openRotatingLog(path, { bytes: 16, files: 2 });
    log.write("first line here");
    // A folder in its place cannot be overwritten by a file.
    await mkdir(join(folder, "part.1.log", "in-the-way"), { recursive: true });
    log.write("second");
    await log.close();
    expect(await read("part.log")).toBe("first line here\nsecond\n");
  });

  test("openRotatingLog() goes on when its disk was full", async () => {
    await using disk = await mountSmallDisk(folder, 64 * 1024);
    const log = await openRotatingLog(join(disk.path, "part.log"));
    const filler = join(disk.path, "filler");
    await writeFile(filler, Buffer.alloc(128 * 1024)).catch(() => undefined);
    for (let number = 0; number < 50; number += 1) log.write(`lost ${"x".repeat(4_096)}`);
    // A file that grows into the last page could still be written: only a new one shows that all is taken.
    await expect(writeFile(join(disk.path, "other"), "x".repeat(8_192))).rejects.toMatchObject({ code: "ENOSPC" });
    await rm(filler);
    await expect
      .poll(async () => {
        log.write("kept");
        return readFile(join(disk.path, "part.log"), "utf8");
      })
      .toMatch(/^kept$/m);
    await log.close();
  });

  test("openRotatingLog() says which file cannot be used", async () => {
    await expect(openRotatingLog(join(folder, "missing", "part.log"))).rejects.toMatchObject({
      code: "DATA_FOLDER_UNUSABLE",
    });
  });
});

describe("openServerLog()", () => {
  test("openServerLog() begins a new file when the log is too large, and only then", async () => {
    await writeFile(path, "0123456789", { mode: 0o600 });
    await (await openServerLog(path, { bytes: 10, files: 2 })).close();
    expect(await names()).toEqual(["part.log"]);
    await (await openServerLog(path, { bytes: 9, files: 2 })).close();
    expect(await names()).toEqual(["part.1.log", "part.log"]);
    expect([await read("part.1.log"), await read("part.log")]).toEqual(["0123456789", ""]);
  });
});

function numberOf(name: string): number {
  return Number(/\.(\d+)\.log$/.exec(name)?.[1] ?? 0);
}
