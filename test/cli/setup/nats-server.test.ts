import { mkdir, mkdtemp, rm, writeFile, chmod } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PackageFetcher } from "../../../packages/cli/src/setup/fetch-package.ts";
import { findNatsServer } from "../../../packages/cli/src/setup/nats-server.ts";
import { binWith } from "../../support/bin-with.ts";

const server = "#!/bin/sh\necho 'nats-server: v2.9.10'\n";
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
  await mkdir(join(folder, "usr/sbin"), { recursive: true });
  await writeFile(join(folder, "usr/sbin/nats-server"), server);
  await chmod(join(folder, "usr/sbin/nats-server"), 0o755);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A cache that already has the server, and fails the test when anything is fetched. */
const packages: PackageFetcher = {
  cached: () => Promise.resolve(folder),
  fetch: (name) => Promise.reject(new Error(`fetched ${name}`)),
  close: () => Promise.resolve(),
};

describe("findNatsServer()", () => {
  test("findNatsServer() passes over a program on PATH that does not answer as one", async () => {
    const bin = await binWith(folder, "nats-server", "#!/bin/sh\nexit 1\n");
    expect(await findNatsServer({ PATH: bin }, packages)).toBe(join(folder, "usr/sbin/nats-server"));
  });

  test("findNatsServer() takes one on PATH that answers", async () => {
    const bin = await binWith(folder, "nats-server", server);
    expect(await findNatsServer({ PATH: bin }, packages)).toBe(join(bin, "nats-server"));
  });

  test("findNatsServer() says PROGRAM_MISSING when the cached one does not run", async () => {
    const bin = await binWith(folder, "nats-server", "#!/bin/sh\nexit 1\n");
    const broken = { ...packages, cached: () => Promise.resolve(join(folder, "nowhere")) };
    await expect(findNatsServer({ PATH: bin }, broken)).rejects.toMatchObject({ code: "PROGRAM_MISSING" });
  });
});
