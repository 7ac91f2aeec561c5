import { posix } from "node:path";
import { expect, test } from "vitest";
import { hasLogic, isPure } from "./purity.ts";
import { shells } from "./shells.ts";
import { shipped, tests } from "./sources.ts";

const paths = new Set(tests.map(({ path }) => path));
const files = shipped.filter(hasLogic);
const pure = files.filter(isPure);
const others = files.filter((source) => !isPure(source));

test("test/ has a file for every file of pure code", () => {
  expect(pure.map(({ path }) => path).filter((path) => !paths.has(mirrorOf(path)))).toEqual([]);
});

test("test/ has a file for every store, adapter and page, or shells.ts says which tests reach those of its room", () => {
  const missing = others.filter(({ path }) => !paths.has(mirrorOf(path)) && shells[posix.dirname(path)] === undefined);
  expect(missing.map(({ path }) => path)).toEqual([]);
});

test("shells.ts lists rooms that need it, and test files that exist", () => {
  const rooms = new Set(others.filter(({ path }) => !paths.has(mirrorOf(path))).map(({ path }) => posix.dirname(path)));
  expect(Object.keys(shells).filter((room) => !rooms.has(room))).toEqual([]);
  const gone = Object.entries(shells).filter(([, listed]) => !listed.every((path) => paths.has(path)));
  expect(gone.map(([room]) => room)).toEqual([]);
});

test("isPure() tells code that computes from code that reaches outside", () => {
  const find = (path: string) => isPure(shipped.find((source) => source.path === path) ?? { path, text: "", code: "" });
  expect(find("packages/protocol/src/scope.ts")).toBe(true);
  expect(find("packages/platform/src/executions/store.ts")).toBe(false);
  expect(find("executor/src/workspace/workspace.ts")).toBe(false);
});

/** `packages/x/src/y/z.ts` is tested in `test/x/y/z.test.ts`. */
function mirrorOf(path: string): string {
  return path
    .replace(/^packages\//, "")
    .replace(/^([^/]+)\/src\//, "test/$1/")
    .replace(/\.tsx?$/, ".test.ts");
}
