import { expect, test } from "vitest";
import { listParts } from "../../../../packages/web/src/parts/page/list-parts.ts";

const rows = (...indexes: readonly number[]) =>
  indexes.map((index) => ({ index, start: index * 10, end: index * 10 + 10 }));

test("listParts() of rows in the middle puts space before and after them", () => {
  expect(listParts(rows(3, 4), 100)).toEqual([
    { kind: "space", height: 30, before: 3 },
    { kind: "row", index: 3 },
    { kind: "row", index: 4 },
    { kind: "space", height: 50, before: -1 },
  ]);
});

test("listParts() keeps a row far from the others in its place", () => {
  const parts = listParts(rows(0, 1, 8), 90);
  expect(parts.map((part) => (part.kind === "row" ? part.index : `${part.height} px`))).toEqual([0, 1, "60 px", 8]);
});

test("listParts() of nothing is the space of the whole list", () => {
  expect(listParts([], 40)).toEqual([{ kind: "space", height: 40, before: -1 }]);
  expect(listParts([], 0)).toEqual([]);
});
