import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { probeMachine } from "../../../executor/src/machine/probe-machine.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const unsandboxed = { kind: "none" } as const;

test("probeMachine() makes each missing folder, and leaves nothing in it", async () => {
  await using folder = await temporaryFolder();
  const folders = [join(folder.path, "work"), join(folder.path, "cache/files")];
  expect(await probeMachine({ folders, sandbox: unsandboxed })).toBeUndefined();
  for (const path of folders) expect(await readdir(path)).toEqual([]);
});

test("probeMachine() names the folder that cannot be written", async () => {
  await using folder = await temporaryFolder();
  const work = join(folder.path, "work");
  await writeFile(work, "");
  expect(await probeMachine({ folders: [folder.path, work], sandbox: unsandboxed })).toMatchObject({
    code: "MACHINE_FAILED",
    message: expect.stringContaining(work),
  });
});

test("probeMachine() says that no sandbox can be started", async () => {
  await using folder = await temporaryFolder();
  const sandbox = { kind: "bubblewrap", program: "/bin/false", hostRoots: [], hidden: [] } as const;
  expect(await probeMachine({ folders: [folder.path], sandbox })).toMatchObject({ code: "SANDBOX_UNAVAILABLE" });
});
