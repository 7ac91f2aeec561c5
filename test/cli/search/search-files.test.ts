import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { searchFiles } from "../../../packages/cli/src/search/search-files.ts";

const secret = { label: "DB_PASS", value: "correct horse battery staple" };
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-search-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("searchFiles()", () => {
  it("finds a value in a folder below, and names file and encoding but never the value", async () => {
    await mkdir(join(folder, "a/b"), { recursive: true });
    await writeFile(join(folder, "a/b/log"), `x ${Buffer.from(secret.value).toString("hex")} y`);
    const { files, findings } = await searchFiles([folder], [secret]);
    expect(files).toEqual([join(folder, "a/b/log")]);
    expect(findings).toContainEqual({ value: "DB_PASS", encoding: "hex", place: join(folder, "a/b/log") });
    expect(JSON.stringify(findings)).not.toContain(secret.value);
  });

  it("finds a value that lies across two read chunks", async () => {
    const before = Buffer.alloc(1024 * 1024 - 10, 0x2e);
    await writeFile(join(folder, "big"), Buffer.concat([before, Buffer.from(secret.value), before]));
    expect((await searchFiles([folder], [secret])).findings.map(({ encoding }) => encoding)).toContain("raw");
  });

  it("finds a value at the very start and the very end of a file, and stands files of one byte", async () => {
    await writeFile(join(folder, "start"), `${secret.value}.`);
    await writeFile(join(folder, "end"), `.${secret.value}`);
    await writeFile(join(folder, "tiny"), secret.value.slice(0, 1));
    const raw = (await searchFiles([folder], [secret])).findings.filter(({ encoding }) => encoding === "raw");
    expect(raw.map(({ place }) => place).toSorted()).toEqual([join(folder, "end"), join(folder, "start")]);
  });

  it("finds nothing where nothing is, and follows no link", async () => {
    await writeFile(join(folder, "clean"), "nothing here");
    await symlink("/proc/self/environ", join(folder, "link"));
    expect(await searchFiles([folder], [secret])).toEqual({
      files: [join(folder, "clean")],
      findings: [],
      unreadable: [],
    });
  });

  it("searches a file that is named, each file once, and only files that were changed since a time", async () => {
    const file = join(folder, "new");
    await writeFile(file, secret.value);
    expect((await searchFiles([file, folder, folder], [secret])).files).toEqual([file]);
    const soon = Date.now() + 60_000;
    expect((await searchFiles([folder], [secret], { since: soon })).files).toEqual([]);
    expect((await searchFiles([folder], [secret], { since: soon - 120_000 })).files).toEqual([file]);
  });

  it("finds eight bytes in a row of a value that is random, and of no other", async () => {
    const random = { label: "RANDOM", value: "Zq8vTn2KxW5cLbR7", isRandom: true };
    await writeFile(join(folder, "pieces"), `${random.value.slice(3, 11)} ${secret.value.slice(3, 11)}`);
    const { findings } = await searchFiles([folder], [secret, random]);
    expect(findings.map(({ value, encoding }) => [value, encoding])).toEqual([["RANDOM", "a piece"]]);
  });
});
