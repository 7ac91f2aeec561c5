import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { probeSandbox } from "../../../executor/src/child/probe.ts";
import { programs } from "../../support/servers.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("probeSandbox() starts a sandbox", async () => {
  await expect(probeSandbox(programs().bwrap)).resolves.toBeUndefined();
});

test("probeSandbox() says what to install when bubblewrap is not there", async () => {
  await expect(probeSandbox("/nowhere/bwrap")).rejects.toMatchObject({
    code: "SANDBOX_UNAVAILABLE",
    message: expect.stringMatching(/^\/nowhere\/bwrap cannot be started; install bubblewrap, or /),
  });
});

test("probeSandbox() refuses a program that starts no sandbox", async () => {
  await expect(probeSandbox("/bin/false")).rejects.toMatchObject({ code: "SANDBOX_UNAVAILABLE" });
});

test("probeSandbox() says which version is needed when bubblewrap does not know an option", async () => {
  await using folder = await temporaryFolder();
  const old = join(folder.path, "bwrap");
  await writeFile(old, '#!/bin/sh\necho "bwrap: Unknown option --size" >&2\nexit 1\n', { mode: 0o755 });
  await expect(probeSandbox(old)).rejects.toMatchObject({
    code: "SANDBOX_UNAVAILABLE",
    message: expect.stringMatching(/ is too old .*; install bubblewrap 0\.8 or newer$/),
  });
});
