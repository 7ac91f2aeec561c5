import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes, toBase64, toHex } from "@sealrun/crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRootKey } from "../../packages/key-files/src/root-key.ts";
import { rejectionOf } from "../support/refusal.ts";
import { writePrivate } from "../support/private-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-root-key-"));
});
afterAll(async () => rm(folder, { recursive: true }));

test("readRootKey() takes raw bytes, hex and base64, with or without a newline", async () => {
  const key = randomBytes(32);
  const forms = [key, toHex(key), `${toHex(key).toUpperCase()}\n`, toBase64(key), `${toBase64(key)}\n`];
  for (const form of forms) {
    const read = await readRootKey(await writePrivate(folder, "key", form));
    expect(toHex(read.bytes)).toBe(toHex(key));
  }
});

test("readRootKey() refuses any other content, and does not show it", async () => {
  const weak = [new Uint8Array(32), "a".repeat(31), "z".repeat(64), `${"ab".repeat(32)}\n\n`, "", new Uint8Array(33)];
  for (const content of weak) {
    const refusal = await rejectionOf(readRootKey(await writePrivate(folder, "key", content)));
    expect(refusal.code).toBe("ROOT_KEY_UNREADABLE");
    expect(refusal.message).not.toContain("zzz");
    expect(refusal.message).not.toContain("abab");
  }
});

test("readRootKey() refuses a file that others can read and says how to change that", async () => {
  const file = await writePrivate(folder, "key", randomBytes(32));
  for (const mode of [0o644, 0o640, 0o602]) {
    await chmod(file, mode);
    const refusal = await rejectionOf(readRootKey(file));
    expect(refusal.code).toBe("ROOT_KEY_UNREADABLE");
    expect(refusal.message).toContain(`0${mode.toString(8)}`);
    expect(refusal.message).toContain(`chmod 600 ${file}`);
  }
});

test("readRootKey() refuses a missing file and a folder, by name", async () => {
  const missing = join(folder, "missing");
  expect((await rejectionOf(readRootKey(missing))).message).toContain(missing);
  expect((await rejectionOf(readRootKey(folder))).code).toBe("ROOT_KEY_UNREADABLE");
});
