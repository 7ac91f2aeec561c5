import { expect, test } from "vitest";
import { stripTopFolder } from "@sealrun/protocol";

const strip = (...paths: readonly string[]): readonly [string | undefined, readonly string[]] => {
  const { folder, files } = stripTopFolder(
    paths.map((path) => ({ path, kind: path.endsWith("/") ? "folder" : "file" }) as const),
  );
  return [folder, files.map(({ path }) => path)];
};

test("stripTopFolder() removes the one folder that holds all, and the files that a system adds beside it", () => {
  expect(strip("pkg/", "pkg/a.py", "pkg/sub/b.py", "__MACOSX/pkg/._a.py", ".DS_Store")).toEqual([
    "pkg",
    ["a.py", "sub/b.py"],
  ]);
});

test("stripTopFolder() leaves loose files, two folders and paths that lead out as they are", () => {
  expect(strip("a.py", "sub/b.py")).toEqual([undefined, ["a.py", "sub/b.py"]]);
  expect(strip("one/a.py", "two/a.py")).toEqual([undefined, ["one/a.py", "two/a.py"]]);
  expect(strip("../a.py", "../b.py")).toEqual([undefined, ["../a.py", "../b.py"]]);
  expect(strip()).toEqual([undefined, []]);
});
