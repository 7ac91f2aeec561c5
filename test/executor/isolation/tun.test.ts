import { readdir, stat } from "node:fs/promises";
import { expect, test } from "vitest";
import { tunDevice } from "../../../executor/src/isolation/isolate.ts";
import { canOpenTun } from "../../../executor/src/isolation/tun.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("canOpenTun() says whether another user would get a device, and leaves nothing behind", async () => {
  await using root = await temporaryFolder();
  expect(await canOpenTun(root.path, undefined)).toBe(true);
  const mode = await stat(tunDevice).then(
    (found) => found.mode,
    () => undefined,
  );
  // Only root can make a device of its own; a normal user's executor has no users to give one to.
  const isOpen = mode === undefined || (mode & 0o006) === 0o006 || process.getuid?.() === 0;
  expect(await canOpenTun(root.path, 70_999)).toBe(isOpen);
  expect(await readdir(root.path)).toEqual([]);
});
