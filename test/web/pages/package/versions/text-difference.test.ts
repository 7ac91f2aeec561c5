import { expect, test } from "vitest";
import { compareTexts } from "../../../../../packages/web/src/pages/package/versions/text-difference.ts";

test("compareTexts() gives lines with their numbers before and after", () => {
  const [hunk, ...others] = compareTexts("a\nb\nc\n", "a\nB\nc\nd") ?? [];
  expect(others).toEqual([]);
  expect(hunk?.lines.map(({ kind, text, before, after }) => [kind, text, before, after])).toEqual([
    ["same", "a", 1, 1],
    ["removed", "b", 2, undefined],
    ["added", "B", undefined, 2],
    ["same", "c", 3, 3],
    ["added", "d", undefined, 4],
  ]);
});

test("compareTexts() gives nothing for equal texts, and gives up on texts that are too different", () => {
  expect(compareTexts("a", "a")).toEqual([]);
  const lines = (word: string): string => Array.from({ length: 4_000 }, (_, at) => `${word} ${at}`).join("\n");
  expect(compareTexts(lines("one"), lines("two"))).toBeUndefined();
});
