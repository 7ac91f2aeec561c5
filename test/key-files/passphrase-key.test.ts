import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "@sealrun/crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keyFromPassphrase } from "../../packages/key-files/src/passphrase-key.ts";
import { bytesOf, rejectionOf } from "../support/refusal.ts";

let folder = "";
let file = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-salt-"));
  file = join(folder, "salt.json");
});
afterEach(async () => rm(folder, { recursive: true }));

const words = bytesOf("correct horse battery staple");

describe("keyFromPassphrase()", () => {
  test("keyFromPassphrase() writes salt, cost and check only for the owner, and no key", async () => {
    const key = await keyFromPassphrase(words, file, "storage");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, "utf8");
    expect(JSON.parse(text)).toMatchObject({ algorithm: "argon2id", memoryKibibytes: 65_536, passes: 3, lanes: 1 });
    expect(text).not.toContain(Buffer.from(key.bytes).toString("base64"));
    expect(text).not.toContain("horse");
  });

  test("keyFromPassphrase() distinguishes a wrong passphrase, a wrong kind and a damaged file", async () => {
    await keyFromPassphrase(words, file, "storage");
    const wrong = await rejectionOf(keyFromPassphrase(bytesOf("correct horse battery stable"), file, "storage"));
    expect(wrong.code).toBe("WRONG_ROOT_KEY");
    expect(wrong.message).toContain(file);
    expect(wrong.message).not.toContain("stable");
    expect((await rejectionOf(keyFromPassphrase(words, file, "wrapping"))).code).toBe("WRONG_ROOT_KEY");
    const whole = await readFile(file, "utf8");
    const damages = [
      whole.slice(0, 40),
      "",
      "null",
      whole.replace('"passes":3', '"passes":4'),
      whole.replace('"memoryKibibytes":65536', '"memoryKibibytes":1048577'),
      whole.replace(/"salt":"./, '"salt":"='),
    ];
    for (const damaged of damages) {
      expect(damaged).not.toBe(whole);
      await writeFile(file, damaged);
      const refusal = await rejectionOf(keyFromPassphrase(words, file, "storage"));
      expect(refusal).toMatchObject({ code: "ROOT_KEY_UNREADABLE", message: expect.stringContaining("is damaged") });
    }
    expect(readFileSync(file, "utf8")).toBe(damages.at(-1));
  });

  test("keyFromPassphrase() gives processes that start at once the same key", async () => {
    const keys = await Promise.all([1, 2, 3].map(async () => keyFromPassphrase(words, file, "storage")));
    expect(new Set(keys.map((key) => toHex(key.bytes))).size).toBe(1);
  });

  test("keyFromPassphrase() refuses a short passphrase before it makes anything", async () => {
    const refusal = await rejectionOf(keyFromPassphrase(bytesOf("hunter2-key\n"), file, "storage"));
    expect(refusal.code).toBe("ROOT_KEY_UNREADABLE");
    expect(refusal.message).not.toContain("hunter2");
    await expect(stat(file)).rejects.toThrow("ENOENT");
  });
});
