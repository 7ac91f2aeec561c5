import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readJsonFile, writeJsonFile } from "../../packages/sdk/src/local-file.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-file-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("writeJsonFile()", () => {
  it("replaces a file by one only for its owner and leaves no draft", async () => {
    const file = join(folder, "a.json");
    await writeFile(file, "{}", { mode: 0o644 });
    writeJsonFile(file, { a: "é" });
    expect(readJsonFile(file)).toEqual({ a: "é" });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["a.json"]);
  });
});

describe("readJsonFile()", () => {
  it("is undefined for no file, and reads past a byte order mark", async () => {
    expect(readJsonFile(join(folder, "none.json"))).toBeUndefined();
    await writeFile(join(folder, "bom.json"), "\uFEFF{}");
    expect(readJsonFile(join(folder, "bom.json"))).toEqual({});
  });

  it.each(["", "[]", "null", "{oops"])("refuses %j", async (text) => {
    await writeFile(join(folder, "bad.json"), text);
    expect(() => readJsonFile(join(folder, "bad.json"))).toThrow("does not hold one JSON object");
  });
});
