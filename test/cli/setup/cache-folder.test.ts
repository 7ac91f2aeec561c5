import { mkdir, mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findCacheFolder } from "../../../packages/cli/src/setup/cache-folder.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("findCacheFolder()", () => {
  test("findCacheFolder() makes a folder of the user's own in XDG_CACHE_HOME", async () => {
    const found = await findCacheFolder({ XDG_CACHE_HOME: join(folder, "xdg"), HOME: join(folder, "home") });
    expect(found).toBe(join(folder, "xdg", "sealrun"));
    expect((await stat(found)).mode & 0o777).toBe(0o700);
  });

  test("findCacheFolder() uses HOME when XDG_CACHE_HOME is not an absolute path", async () => {
    const found = await findCacheFolder({ XDG_CACHE_HOME: "relative", HOME: join(folder, "home") });
    expect(found).toBe(join(folder, "home", ".cache", "sealrun"));
  });

  test.each([{}, { HOME: "/proc/nowhere" }])(
    "findCacheFolder() falls back to a private temp folder for %o",
    async (set) => {
      const found = await findCacheFolder(set);
      expect(found.startsWith(join(tmpdir(), "sealrun-cache-"))).toBe(true);
      expect((await stat(found)).mode & 0o777).toBe(0o700);
    },
  );

  test("findCacheFolder() does not follow a link that another user put in its place", async () => {
    await mkdir(join(folder, "theirs"));
    await mkdir(join(folder, "linked"));
    await symlink(join(folder, "theirs"), join(folder, "linked", "sealrun"));
    const found = await findCacheFolder({ XDG_CACHE_HOME: join(folder, "linked"), HOME: join(folder, "home") });
    expect(found).toBe(join(folder, "home", ".cache", "sealrun"));
  });
});
