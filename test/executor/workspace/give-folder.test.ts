import { spawnSync } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { giveFolder } from "../../../executor/src/workspace/give-folder.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("giveFolder() gives a folder and all in it away, as far as this user may", async () => {
  await using root = await temporaryFolder();
  spawnSync("sh", ["-c", `mkdir -p a/b && touch a/b/c && ln -s / a/link`], { cwd: root.path });
  const user = process.getuid?.() === 0 ? 71_700 : (process.getuid?.() ?? 0);
  await giveFolder(join(root.path, "a"), user);
  for (const path of ["a", "a/b", "a/b/c"]) expect((await stat(join(root.path, path))).uid).toBe(user);
  expect((await stat("/")).uid).toBe(0);
});
