import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFirstLine } from "../../../../executor/src/child/start/read-first-line.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let folder = "";
beforeAll(async () => {
  root = await temporaryFolder();
  folder = join(root.path, "work");
  await mkdir(join(folder, "below"), { recursive: true });
});
afterAll(async () => root[Symbol.asyncDispose]());

const replaced = {
  code: "PACKAGE_INVALID",
  message: "main.sh is no longer a file that can be read; an earlier step of this run has removed or replaced it",
};

describe("readFirstLine()", () => {
  it("reads the first line of a file, also through a link within the folder", async () => {
    await writeFile(join(folder, "below/first.sh"), "#!/bin/bash -e\necho\n");
    await symlink("below/first.sh", join(folder, "linked.sh"));
    expect(await readFirstLine(folder, "below/first.sh")).toBe("#!/bin/bash -e");
    expect(await readFirstLine(folder, "linked.sh")).toBe("#!/bin/bash -e");
  });

  it.each([
    ["a named pipe that nobody writes to", (path: string) => void execFileSync("mkfifo", [path])],
    ["a folder", async (path: string) => mkdir(path)],
    ["a device", async (path: string) => symlink("/dev/zero", path)],
    ["a link to a file outside of the folder", async (path: string) => symlink("../outside", path)],
    ["a link to the folder itself", async (path: string) => symlink(".", path)],
  ])("refuses %s at once", async (_, make) => {
    const path = join(folder, "main.sh");
    await writeFile(join(root.path, "outside"), "#!/bin/sh\n");
    await make(path);
    await expect(readFirstLine(folder, "main.sh")).rejects.toMatchObject(replaced);
    await rm(path, { recursive: true });
  });

  it("fails with the error of the file system for a socket, a loop, and a file that is gone", async () => {
    const server = createServer().listen(join(folder, "socket"));
    await symlink("loop", join(folder, "loop"));
    await expect(readFirstLine(folder, "socket")).rejects.toMatchObject({ code: "ENXIO" });
    await expect(readFirstLine(folder, "loop")).rejects.toMatchObject({ code: "ELOOP" });
    await expect(readFirstLine(folder, "gone")).rejects.toMatchObject({ code: "ENOENT" });
    await writeFile(join(folder, "hidden"), "");
    await chmod(join(folder, "hidden"), 0);
    if (process.getuid?.() !== 0)
      await expect(readFirstLine(folder, "hidden")).rejects.toMatchObject({ code: "EACCES" });
    server.close();
  });
});
