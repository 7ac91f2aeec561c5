import { execFileSync } from "node:child_process";
import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile, chmod } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createWorkspace } from "../../../executor/src/workspace/workspace.ts";
import { bytesOf } from "../../support/refusal.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const named = { executionId: "exe_00000000000000000000", attempt: 1 };

describe("createWorkspace()", () => {
  test("createWorkspace() writes files from memory and from a cache, readable by this user only", async () => {
    await using root = await temporaryFolder();
    const cachedPath = join(root.path, "cached");
    await writeFile(cachedPath, "cached");
    const workspace = await createWorkspace({
      ...named,
      root: join(root.path, "runs"),
      files: [
        { path: "main.sh", bytes: bytesOf("exit") },
        { path: "deep/er/data.bin", cachedPath },
        { path: "bin/tool", cachedPath, executable: true },
      ],
    });
    const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
    expect(await readFile(join(workspace.folder, "deep/er/data.bin"), "utf8")).toBe("cached");
    expect(await Promise.all([workspace.scratch, workspace.folder, join(workspace.folder, "deep")].map(mode))).toEqual([
      "700",
      "700",
      "700",
    ]);
    expect(await mode(join(workspace.folder, "main.sh"))).toBe("700");
    expect(await mode(join(workspace.folder, "bin/tool"))).toBe("700");
    expect(await mode(join(workspace.folder, "deep/er/data.bin"))).toBe("600");
  });

  test("createWorkspace() gives each of two attempts its own folder", async () => {
    await using root = await temporaryFolder();
    const make = () => createWorkspace({ ...named, root: root.path, files: [] });
    const [first, second] = await Promise.all([make(), make()]);
    expect(first.folder).not.toBe(second.folder);
  });

  test.for(["../a", "/a", "a/../b", "a//b", "./a", "", "a/", "a\0b", "a\\b", "..", `a/${"b".repeat(600)}`])(
    "createWorkspace() refuses the path %j and leaves nothing behind",
    async (path) => {
      await using root = await temporaryFolder();
      const files = [{ path, bytes: bytesOf("x") }];
      await expect(createWorkspace({ ...named, root: root.path, files })).rejects.toMatchObject({
        code: "PACKAGE_INVALID",
      });
      expect(await readdir(root.path)).toEqual([]);
    },
  );

  test("createWorkspace() leaves nothing behind when a file cannot be written", async () => {
    await using root = await temporaryFolder();
    const files = [{ path: "a", cachedPath: join(root.path, "nowhere") }];
    await expect(createWorkspace({ ...named, root: root.path, files })).rejects.toThrow("ENOENT");
    expect(await readdir(root.path)).toEqual([]);
  });

  test("createWorkspace() puts a bundle over the package", async () => {
    await using root = await temporaryFolder();
    const workspace = await createWorkspace({
      ...named,
      root: root.path,
      files: [{ path: "a.ts", bytes: bytesOf("old") }],
    });
    await workspace.add([{ path: "a.ts", bytes: bytesOf("new") }]);
    expect(await readFile(join(workspace.folder, "a.ts"), "utf8")).toBe("new");
    await expect(workspace.add([{ path: "../a", bytes: bytesOf("x") }])).rejects.toMatchObject({
      code: "PACKAGE_INVALID",
    });
  });

  test("createWorkspace() removes read-only folders and follows no link", async () => {
    await using root = await temporaryFolder();
    await writeFile(join(root.path, "outside"), "kept");
    const workspace = await createWorkspace({ ...named, root: join(root.path, "runs"), files: [] });
    await mkdir(join(workspace.folder, "locked/inner"), { recursive: true });
    await writeFile(join(workspace.folder, "locked/inner/file"), "x");
    await symlink(root.path, join(workspace.folder, "locked/out"));
    await chmod(join(workspace.folder, "locked/inner"), 0o000);
    await chmod(join(workspace.folder, "locked"), 0o500);
    await workspace.remove();
    expect(await readdir(join(root.path, "runs"))).toEqual([]);
    expect((await lstat(join(root.path, "outside"))).isFile()).toBe(true);
  });

  test("createWorkspace() removes folders that are too deep for a path", async () => {
    await using root = await temporaryFolder();
    const workspace = await createWorkspace({ ...named, root: join(root.path, "runs"), files: [] });
    const goDown = `
      const { chmodSync, mkdirSync, writeFileSync } = require("node:fs");
      for (let depth = 0; depth < 120; depth += 1) {
        mkdirSync("d".repeat(100));
        process.chdir("d".repeat(100));
      }
      mkdirSync(Buffer.from([0xff]));
      writeFileSync("file", "");
      chmodSync(".", 0);
    `;
    execFileSync(process.execPath, ["-e", goDown], { cwd: workspace.folder, env: {} });
    await workspace.remove();
    expect(await readdir(join(root.path, "runs"))).toEqual([]);
  });
});
