import { mkdir, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { removeLeftovers } from "../../../executor/src/workspace/remove-leftovers.ts";
import { createWorkspace } from "../../../executor/src/workspace/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("removeLeftovers() removes the workspaces of executors that are gone, and no others", async () => {
  await using root = await temporaryFolder();
  const named = { root: root.path, executionId: "exe_00000000000000000000", attempt: 1, files: [] };
  const live = await createWorkspace(named);
  // This process's id with another start time: an earlier executor had the same id.
  await mkdir(join(root.path, `exe_00000000000000000000-1-${process.pid}.1-AAAAAA/work/deep`), { recursive: true });
  await mkdir(join(root.path, "exe_00000000000000000000-2-4194305.77-BBBBBB/work"), { recursive: true });
  await mkdir(join(root.path, "not-a-workspace"));
  await removeLeftovers(root.path);
  expect((await readdir(root.path)).sort()).toEqual([basename(live.scratch), "not-a-workspace"].sort());
});

test("removeLeftovers() has nothing to do before the first run", async () => {
  await using root = await temporaryFolder();
  await expect(removeLeftovers(join(root.path, "nowhere"))).resolves.toBeUndefined();
});
