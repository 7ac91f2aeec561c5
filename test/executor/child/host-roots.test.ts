import { lstat } from "node:fs/promises";
import { expect, test } from "vitest";
import { readHostRoots } from "../../../executor/src/child/host-roots.ts";

test("readHostRoots() tells links from folders and leaves out what does not exist", async () => {
  const roots = await readHostRoots();
  expect(roots.map(({ path }) => path)).toContain("/bin");
  for (const { path, link } of roots) expect((await lstat(path)).isSymbolicLink()).toBe(link !== undefined);
});
