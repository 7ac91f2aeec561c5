import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes, toBase64, toHex } from "@sealrun/crypto";
import { openRootKey, resolveRootKeySource } from "@sealrun/key-files";
import { rootKeySource } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writePrivate } from "../support/private-file.ts";
import { rejectionOf } from "../support/refusal.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-root-key-"));
});
afterAll(async () => rm(folder, { recursive: true }));

describe("openRootKey()", () => {
  test("openRootKey() takes hex and base64 that a program prints", async () => {
    const key = randomBytes(32);
    for (const text of [toHex(key), toBase64(key)]) {
      const file = await writePrivate(folder, "printed", `${text}\n`);
      const read = await openRootKey({ command: ["/bin/cat", file] }, "storage");
      expect(toHex(read.bytes)).toBe(toHex(key));
    }
  });

  test("openRootKey() refuses 32 printed letters: they are a password and no key", async () => {
    const password = "correct horse battery staple 123";
    const command = ["/bin/echo", "-n", password];
    const refusal = await rejectionOf(openRootKey({ command }, "storage"));
    expect(refusal.code).toBe("ROOT_KEY_UNREADABLE");
    expect(refusal.message).not.toContain("horse");
  });

  test("openRootKey() names a program that fails and how it ended, and repeats nothing of it", async () => {
    const script = await writePrivate(
      folder,
      "fails.sh",
      "#!/bin/sh\necho printed-secret\necho told-secret >&2\nexit 3\n",
    );
    await chmod(script, 0o700);
    const failed = await rejectionOf(openRootKey({ command: [script] }, "storage"));
    expect(failed).toMatchObject({
      code: "ROOT_KEY_UNREADABLE",
      message: expect.stringContaining(`${script} ended with exit code 3`),
    });
    expect(`${failed.message} ${String(failed.stack)}`).not.toMatch(/printed-secret|told-secret/);
    const absent = await rejectionOf(openRootKey({ command: [join(folder, "absent")] }, "storage"));
    expect(absent.message).toContain("ENOENT");
  });

  test("openRootKey() gives arguments to the program as they are: no shell reads them", async () => {
    const refusal = await rejectionOf(openRootKey({ command: ["/bin/echo", "$(id)", "; id", "*"] }, "storage"));
    expect(refusal.message).toContain(`holds ${"$(id) ; id *\n".length} bytes`);
  });

  test("openRootKey() makes the same key of the same passphrase and salt, with or without a newline", async () => {
    const saltFile = join(folder, "kept", "salt.json");
    const passphraseFile = await writePrivate(folder, "passphrase", "six words that nobody would guess\n");
    const first = await openRootKey({ passphraseFile, saltFile }, "wrapping");
    const command = ["/bin/echo", "-n", "six words that nobody would guess"];
    const again = await openRootKey({ passphraseCommand: command, saltFile }, "wrapping");
    expect(toHex(again.bytes)).toBe(toHex(first.bytes));
    const other = await openRootKey({ passphraseFile, saltFile: join(folder, "other.json") }, "wrapping");
    expect(toHex(other.bytes)).not.toBe(toHex(first.bytes));
  });
});

describe("rootKeySource", () => {
  test.each([
    [{ command: [] }],
    [{ command: ["pass", "show", "x"] }],
    [{ command: "/usr/bin/pass show x" }],
    [{ passphraseFile: "a" }],
    [{ saltFile: "a" }],
    [{ file: "a", command: ["/bin/x"] }],
    [{}],
  ])("rootKeySource refuses %j", (source) => {
    expect(rootKeySource.safeParse(source).success).toBe(false);
  });
});

describe("resolveRootKeySource()", () => {
  test("resolveRootKeySource() resolves files against a folder and keeps commands unchanged", () => {
    expect(resolveRootKeySource({ file: "k" }, "/etc/s")).toEqual({ file: "/etc/s/k" });
    expect(resolveRootKeySource({ command: ["/bin/x", "y"] }, "/etc/s")).toEqual({ command: ["/bin/x", "y"] });
    expect(resolveRootKeySource({ passphraseFile: "/p", saltFile: "s" }, "/etc/s")).toEqual({
      passphraseFile: "/p",
      saltFile: "/etc/s/s",
    });
    expect(resolveRootKeySource({ passphraseCommand: ["/bin/x"], saltFile: "s" }, "/etc/s")).toEqual({
      passphraseCommand: ["/bin/x"],
      saltFile: "/etc/s/s",
    });
  });
});
