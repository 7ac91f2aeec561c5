import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withFileLock } from "../../../packages/cli/src/files/file-lock.ts";
import { rejectionOf } from "../../support/refusal.ts";

let folder = "";
let file = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-lock-"));
  file = join(folder, "profiles.json");
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

/** No process has it: the kernel's limit is 2^22. */
const nobody = 2 ** 22 + 1;

test("withFileLock() lets one after the other work, and leaves no lock", async () => {
  let inside = 0;
  const seen: number[] = [];
  const work = async (): Promise<void> => {
    inside += 1;
    await access(folder);
    seen.push(inside);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, async () => withFileLock(file, work)));
  expect(seen).toEqual(Array.from({ length: 8 }, () => 1));
  await expect(access(`${file}.lock`)).rejects.toThrow("ENOENT");
});

test("withFileLock() takes the lock of a command that was killed", async () => {
  await writeFile(`${file}.lock`, `${nobody} ${hostname()} 00`);
  const worked = await Promise.all([1, 2, 3].map(async (number) => withFileLock(file, async () => number)));
  expect(worked).toEqual([1, 2, 3]);
});

test("withFileLock() frees the lock when the work fails", async () => {
  await expect(withFileLock(file, async () => Promise.reject(new TypeError("no")))).rejects.toThrow("no");
  expect(await withFileLock(file, async () => "free")).toBe("free");
});

test.each([`${process.pid} ${hostname()} 00`, `${nobody} another-machine 00`, ""])(
  "withFileLock() names the lock %j that does not end, and which file to delete",
  async (mark) => {
    await writeFile(`${file}.lock`, mark);
    const { code, message } = await rejectionOf(withFileLock(file, async () => "never", 1));
    expect(code).toBe("CONFIG_INVALID");
    expect(message).toContain(`delete ${file}.lock`);
  },
);

test("withFileLock() says why no lock can be made", async () => {
  const { message } = await rejectionOf(withFileLock(join(folder, "nowhere", "file"), async () => "never"));
  expect(message).toMatch(/file\.lock cannot be made \(ENOENT\); check the owner and mode of its folder$/);
});
