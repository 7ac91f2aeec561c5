import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findOnPath, requireOnPath } from "../../../packages/cli/src/setup/find-on-path.ts";
import { binWith } from "../../support/bin-with.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("findOnPath() takes the first folder of PATH that has the program", async () => {
  const first = await binWith(folder, "sealrun-tool", "#!/bin/sh\n");
  const second = await binWith(folder, "sealrun-tool", "#!/bin/sh\n");
  expect(await findOnPath("sealrun-tool", { PATH: `${first}:${second}` })).toBe(join(first, "sealrun-tool"));
});

test("findOnPath() passes over folders, files that cannot be executed, and relative entries of PATH", async () => {
  const plain = await mkdtemp(join(folder, "bin-"));
  await writeFile(join(plain, "sealrun-tool"), "", { mode: 0o600 });
  expect(await findOnPath("sealrun-tool", { PATH: `.:${plain}` })).toBeUndefined();
  expect(await findOnPath(plain.slice(folder.length + 1), { PATH: folder })).toBeUndefined();
});

test("findOnPath() looks into the system's folders without a PATH", async () => {
  expect(await findOnPath("sh", {})).toMatch(/bin\/sh$/);
});

test("requireOnPath() names the package to install", async () => {
  const requiring = requireOnPath("sealrun-tool", "sealrun-tools", {});
  await expect(requiring).rejects.toMatchObject({
    code: "PROGRAM_MISSING",
    message: "sealrun needs sealrun-tool; install the package sealrun-tools",
  });
});
