import { expect, test } from "vitest";
import { holdFiles, takeFiles } from "../../../../packages/web/src/parts/drop/held-files.ts";

const file = { path: "a", kind: "file", size: 1, executable: undefined, read: async () => new Uint8Array(1) } as const;

test("takeFiles() gives what is kept for a page once, and forgets what is kept for another", () => {
  holdFiles("/projects/a/upload", [file]);
  expect(takeFiles("/projects/a/upload")).toEqual([file]);
  expect(takeFiles("/projects/a/upload")).toBeUndefined();
  holdFiles("/projects/a/upload", [file]);
  expect(takeFiles("/projects/b/upload")).toBeUndefined();
  expect(takeFiles("/projects/a/upload")).toBeUndefined();
});
