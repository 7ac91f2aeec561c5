import { mkdtemp, rm, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  ensureFolder,
  newPassword,
  openLog,
  replacePrivateFile,
  writePrivateFile,
} from "../../../packages/cli/src/files/private-files.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("newPassword() never repeats and needs no quoting", () => {
  const [one, two] = [newPassword(), newPassword()];
  expect(one).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(one).not.toBe(two);
});

test("replacePrivateFile() replaces a file that others could read by one that they cannot, and leaves no draft", async () => {
  const path = join(folder, "replaced");
  await writeFile(path, "old", { mode: 0o644 });
  await replacePrivateFile(path, "new");
  expect(await readFile(path, "utf8")).toBe("new");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await expect(stat(`${path}.new`)).rejects.toMatchObject({ code: "ENOENT" });
});

test("writePrivateFile() makes a file that was open to others readable only by the owner", async () => {
  const path = join(folder, "open");
  await writeFile(path, "before", { mode: 0o666 });
  await writePrivateFile(path, "after");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, "utf8")).toBe("after");
});

test.each([
  ["ensureFolder()", (path: string) => ensureFolder(path)],
  ["writePrivateFile()", (path: string) => writePrivateFile(path, "")],
  ["openLog()", (path: string) => openLog(path)],
])("%s names a path that cannot be used", async (_name, use) => {
  const path = join(folder, "kept", "below");
  await writePrivateFile(join(folder, "kept"), "");
  await expect(use(path)).rejects.toMatchObject({
    code: "DATA_FOLDER_UNUSABLE",
    message: expect.stringContaining(path),
  });
});

test("ensureFolder() says that a file is not a folder", async () => {
  const path = join(folder, "a-file");
  await writePrivateFile(path, "");
  await expect(ensureFolder(path)).rejects.toMatchObject({
    code: "DATA_FOLDER_UNUSABLE",
    message: `${path} is not a folder; give another one with --data`,
  });
});
