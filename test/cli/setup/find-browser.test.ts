import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBrowser } from "../../../packages/cli/src/setup/find-browser.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-browser-"));
  for (const name of ["xdg-open", "open", "my-browser"]) {
    await writeFile(join(folder, name), "");
    await chmod(join(folder, name), 0o755);
  }
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

test("findBrowser() takes the chosen one, else the desktop's", async () => {
  const find = async (environment: Record<string, string>, platform: NodeJS.Platform = "linux") =>
    findBrowser({ PATH: folder, ...environment }, platform);
  expect(await find({ BROWSER: "my-browser" })).toBe(join(folder, "my-browser"));
  expect(await find({ DISPLAY: ":0" })).toBe(join(folder, "xdg-open"));
  expect(await find({ WAYLAND_DISPLAY: "wayland-0", BROWSER: "" })).toBe(join(folder, "xdg-open"));
  expect(await find({}, "darwin")).toBe(join(folder, "open"));
});

test("findBrowser() finds none without a desktop, or when the chosen one is not installed", async () => {
  expect(await findBrowser({ PATH: folder }, "linux")).toBeUndefined();
  expect(await findBrowser({ PATH: folder, BROWSER: "no-such-browser", DISPLAY: ":0" }, "linux")).toBeUndefined();
});
