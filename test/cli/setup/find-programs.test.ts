import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findCacheFolder } from "../../../packages/cli/src/setup/cache-folder.ts";
import { findPrograms } from "../../../packages/cli/src/setup/find-programs.ts";
import { binWith } from "../../support/bin-with.ts";
import { programs } from "../../support/servers.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("findPrograms()", () => {
  test("findPrograms() runs no apt when everything is on the machine or in the cache", async () => {
    const bin = await binWith(folder, "apt-get", `#!/bin/sh\ntouch ${folder}/apt-was-called\nexit 1\n`);
    const environment = { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` };
    const lines: string[] = [];
    const cacheFolder = await findCacheFolder(process.env);
    const found = await findPrograms({ cacheFolder, environment, log: (line) => lines.push(line) });
    expect(found).toEqual(programs());
    expect(lines).toEqual([]);
    expect(await readdir(folder)).not.toContain("apt-was-called");
  });
});
