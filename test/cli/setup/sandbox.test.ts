import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPackageFetcher } from "../../../packages/cli/src/setup/fetch-package.ts";
import { findBubblewrap, runInSandbox } from "../../../packages/cli/src/setup/sandbox.ts";
import { binWith } from "../../support/bin-with.ts";
import { programs } from "../../support/servers.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("findBubblewrap()", () => {
  test("findBubblewrap() says SANDBOX_UNAVAILABLE when the kernel forbids user namespaces", async () => {
    const sentence = "bwrap: No permissions to create a new namespace";
    const bin = await binWith(folder, "bwrap", `#!/bin/sh\necho '${sentence}' >&2\nexit 1\n`);
    const packages = await createPackageFetcher({ cacheFolder: folder, environment: {}, log: () => undefined });
    const finding = findBubblewrap({ PATH: bin }, packages);
    await expect(finding).rejects.toMatchObject({
      code: "SANDBOX_UNAVAILABLE",
      message: expect.stringContaining(sentence),
    });
  });
});

describe("runInSandbox()", () => {
  test("runInSandbox() shows nothing of the host but /usr and the mounts", async () => {
    const mounts = [{ hostPath: folder, sandboxPath: "/opt/given" }];
    const result = await runInSandbox(programs().bwrap, ["/usr/bin/ls", "/", "/opt", "/proc/1/fd"], { mounts });
    const names = ["/:", "bin", "dev", "lib", "lib64", "opt", "proc", "tmp", "usr", "", "/opt:", "given"];
    expect(result.stdout.split("\n").slice(0, names.length)).toEqual(names);
  });

  test("runInSandbox() does not let the command write to a mount", async () => {
    const mounts = [{ hostPath: folder, sandboxPath: "/opt/given" }];
    const result = await runInSandbox(programs().bwrap, ["/usr/bin/touch", "/opt/given/file"], { mounts });
    expect(result.stderr).toContain("Read-only file system");
  });
});
