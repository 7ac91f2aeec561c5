import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256Hex } from "@sealrun/crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeVersion } from "../../../packages/cli/src/package/write-version.ts";
import { rejectionOf } from "../../support/refusal.ts";

let top: string;
beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), "sealrun-write-version-"));
});
afterAll(async () => rm(top, { recursive: true }));

const bytes = new TextEncoder().encode("echo hello");
const file = (path: string, executable = false) => ({
  path,
  size: bytes.length,
  sha256: sha256Hex(bytes),
  ...(executable ? { executable } : {}),
});
const read = async (): Promise<Uint8Array> => bytes;

test("writeVersion() keeps the executable bit, for the user only", async () => {
  await writeVersion(join(top, "one"), { files: [file("run.sh", true), file("a.sh")] }, read);
  const modes = ["run.sh", "a.sh"].map(async (name) => (await stat(join(top, "one", name))).mode & 0o777);
  expect(await Promise.all(modes)).toEqual([0o700, 0o600]);
});

test.each(["../out.sh", "/tmp/out.sh", "a/../../out.sh", "a\\..\\out.sh", ""])(
  "writeVersion() writes nothing of a platform that names a path outside the folder: %j",
  async (path) => {
    const refused = await rejectionOf(writeVersion(join(top, "two"), { files: [file("good.sh"), file(path)] }, read));
    expect(refused.code).toBe("PACKAGE_INVALID");
    expect(await readdir(top)).toEqual(["one"]);
  },
);

test("writeVersion() refuses bytes with another hash, and leaves nothing of the version", async () => {
  const other = async (): Promise<Uint8Array> => new TextEncoder().encode("echo other");
  const reads = async (path: string): Promise<Uint8Array> => (path === "good.sh" ? bytes : other());
  const files = [file("good.sh"), file("a.sh")];
  const refused = await rejectionOf(writeVersion(join(top, "three"), { files }, reads));
  expect(refused).toMatchObject({ code: "TAMPERED", message: expect.stringContaining('"a.sh"') });
  expect(await readdir(top)).toEqual(["one"]);
});
