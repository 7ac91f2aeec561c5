import { expect, test } from "vitest";
import { compareVersions } from "../../../../../packages/web/src/pages/package/versions/compare-versions.ts";

const file = (path: string, digit: string, size = 1) => ({ path, size, sha256: digit.repeat(64) });

test("compareVersions() tells added, removed and changed files by their digests", () => {
  const before = [file("same.py", "1"), file("gone.py", "2"), file("touched.py", "3")];
  const after = [file("touched.py", "4", 7), file("new.py", "5"), file("same.py", "1")];
  expect(compareVersions(before, after)).toEqual({
    changes: [
      { path: "gone.py", kind: "removed", before: 1, after: undefined },
      { path: "new.py", kind: "added", before: undefined, after: 1 },
      { path: "touched.py", kind: "changed", before: 1, after: 7 },
    ],
    same: 1,
  });
});

test("compareVersions() shows a file whose executable bit changed", () => {
  const before = [{ ...file("tool", "1"), executable: true }, file("other", "2")];
  const after = [file("tool", "1"), { ...file("other", "2"), executable: false }];
  expect(compareVersions(before, after).changes.map(({ path }) => path)).toEqual(["tool"]);
});
