import { expect, test } from "vitest";
import { buildTree, fileToOpen, foldersOf } from "../../../../../packages/web/src/pages/package/files/file-tree.ts";

const file = (path: string) => ({ path, size: 1, sha256: "0".repeat(64) });
const files = ["z.py", "lib/deep/b.py", "lib/a.py", "a.py"].map(file);

test("buildTree() puts files into folders, folders first, by name", () => {
  const [lib, ...rest] = buildTree(files);
  expect(rest.map(({ path }) => path)).toEqual(["a.py", "z.py"]);
  expect(lib?.kind === "folder" ? lib.children.map(({ path }) => path) : []).toEqual(["lib/deep", "lib/a.py"]);
});

test("foldersOf() gives the folders around a file, the outermost first", () =>
  expect(foldersOf("a/b/c.py")).toEqual(["a", "a/b"]));

test("fileToOpen() opens the file in the address, otherwise the first script that runs", () => {
  const version = { files, steps: ["z.py"] };
  expect(fileToOpen("a.py", version)).toBe("a.py");
  expect(fileToOpen("gone.py", version)).toBe("z.py");
  expect(fileToOpen(undefined, { files: [], steps: [] })).toBeUndefined();
});
