import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRootKey } from "../../packages/platform/src/root-key-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-root-key-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const key = randomBytes(32);
const read = async (content: string | Uint8Array) => {
  const file = join(folder, "root.key");
  await writeFile(file, content, { mode: 0o600 });
  return readRootKey(file);
};

describe("readRootKey()", () => {
  test.each([
    ["raw bytes", key],
    ["hex", key.toString("hex")],
    ["hex and a newline", `${key.toString("hex")}\n`],
    ["base64 and a newline", `${key.toString("base64")}\r\n`],
  ])("readRootKey() takes %s", async (_what, content) => {
    expect(Buffer.from((await read(content)).bytes).equals(key)).toBe(true);
  });

  test.each([
    ["nothing", ""],
    ["31 bytes", randomBytes(31)],
    ["other text of that length", "z".repeat(64)],
    ["one byte repeated", Buffer.alloc(32, 7)],
    ["zeros in hex", "00".repeat(32)],
  ])("readRootKey() refuses %s", async (_what, content) => {
    await expect(read(content)).rejects.toMatchObject({ code: "ROOT_KEY_UNREADABLE" });
  });
});
