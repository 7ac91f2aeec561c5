import { posix } from "node:path";
import { expect, test } from "vitest";
import { shipped, type Source } from "./sources.ts";

/** A door is a list of names and the error table a list of rows: neither is a file with two ideas. */
const lists = [/\/index\.ts$/, /\/error-codes\.ts$/, /\/limits\.ts$/];

test("packages/ and executor/ have small files: a median of at most 110 lines and none over 300", () => {
  const files = shipped.filter(({ path }) => !lists.some((list) => list.test(path)));
  const sizes = files.map(linesOf).toSorted((left, right) => left - right);
  expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(110);
  expect(files.filter((file) => linesOf(file) > 300).map(({ path }) => path)).toEqual([]);
});

test("packages/ and executor/ name files in kebab-case and never after a drawer", () => {
  const paths = shipped.map(({ path }) => path);
  expect(paths.filter((path) => !/\/(?:[a-z0-9]+-)*[a-z0-9]+(?:\.d)?\.tsx?$/.test(path))).toEqual([]);
  const drawer = /(?:^|[/-])(?:utils?|helpers?|types|common|misc|services?|managers?|lib)(?:\.tsx?$|\/)/;
  expect(paths.filter((path) => drawer.test(path))).toEqual([]);
});

function linesOf({ text }: Source): number {
  return text.split("\n").length - 1;
}

/** Folders with more than 18 files, and why: never more than 25. */
const crowded: Readonly<Record<string, string>> = {};

test("packages/ and executor/ have folders of at most 18 files, or a reason for up to 25", () => {
  const counts = new Map<string, number>();
  for (const { path } of shipped) counts.set(posix.dirname(path), (counts.get(posix.dirname(path)) ?? 0) + 1);
  const large = [...counts].filter(([folder, count]) => count > (crowded[folder] === undefined ? 18 : 25));
  expect(large).toEqual([]);
  expect(Object.keys(crowded).filter((folder) => (counts.get(folder) ?? 0) <= 18)).toEqual([]);
});
