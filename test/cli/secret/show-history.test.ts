import { expect, test } from "vitest";
import { sourceOf } from "../../../packages/cli/src/secret/show-history.ts";

test.each([
  ["push", "admin", "push"],
  ["import", "admin", "import"],
  ["script", "execution exe_x", "script of execution exe_x"],
  ["boundary", "admin", "plain upload, sealed by the platform"],
] as const)("sourceOf() says %s in words", (source, author, words) => {
  expect(sourceOf({ source, author })).toBe(words);
});
