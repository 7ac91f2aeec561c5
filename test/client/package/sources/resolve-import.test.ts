import { expect, test } from "vitest";
import { findModule, joinPath } from "../../../../packages/client/src/package/sources/resolve-import.ts";

test.each([
  ["a.ts", "./b", "b"],
  ["lib/a.ts", "../b.ts", "b.ts"],
  ["lib/a.ts", "./x/../y//z", "lib/y/z"],
  ["a.ts", ".", ""],
  ["a.ts", "../b", undefined],
])("joinPath() from %s to %s is %s", (from, specifier, path) => {
  expect(joinPath(from, specifier)).toBe(path);
});

const files = new Set(["b.ts", "c.mts", "d.js", "lib/index.ts", "own/package.json", "e.json"]);
test.each([
  ["b", "compiler", "b.ts"],
  ["b.js", "compiler", "b.ts"],
  ["c.mjs", "compiler", "c.mts"],
  ["lib", "compiler", "lib/index.ts"],
  ["own", "compiler", "own/package.json"],
  ["e", "require", "e.json"],
  ["d", "require", "d.js"],
  ["d", "exact", undefined],
  ["d.js", "exact", "d.js"],
  ["b.js", "require", undefined],
  ["D.js", "compiler", undefined],
] as const)("findModule() of %s by %s is %s", (path, how, found) => {
  expect(findModule(path, files, how)).toBe(found);
});
