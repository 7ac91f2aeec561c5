import * as fc from "fast-check";
import { jsonValue } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import {
  allPaths,
  findInJson,
  jsonRows,
  openAtFirst,
  rootPath,
} from "../../../../packages/web/src/parts/json/json-rows.ts";
import { findPattern } from "../../../../packages/web/src/parts/log/line-parts.ts";

const tree = { name: "sales", tables: [{ rows: 1 }, { rows: 22 }], note: null };

describe("jsonRows()", () => {
  test("jsonRows() shows what is open, in order, and how much the rest holds", () => {
    const rows = jsonRows(tree, new Set([rootPath]));
    expect(rows.map(({ key, depth, size, isOpen }) => [key, depth, size, isOpen])).toEqual([
      [undefined, 0, 3, true],
      ["name", 1, undefined, false],
      ["tables", 1, 2, false],
      ["note", 1, undefined, false],
    ]);
  });

  test("jsonRows() gives every line its own address, whatever the keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (given) => {
        const value = jsonValue.parse(JSON.parse(JSON.stringify(given)));
        const rows = jsonRows(value, allPaths(value));
        expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
      }),
    );
  });

  test("openAtFirst() opens a small tree to its leaves and a large list not at all", () => {
    expect(jsonRows(tree, openAtFirst(tree))).toHaveLength(8);
    const large = { list: Array.from({ length: 1_000 }, (_, index) => index) };
    expect(jsonRows(large, openAtFirst(large))).toHaveLength(2);
  });

  test("findInJson() finds keys and values and opens the way to them", () => {
    const { open, found } = findInJson(tree, findPattern("22"));
    expect(found).toHaveLength(1);
    expect(jsonRows(tree, open).map(({ path }) => path)).toContain(found[0]);
    expect(findInJson(tree, findPattern("rows")).found).toHaveLength(2);
    expect(findInJson(tree, undefined).found).toEqual([]);
  });
});
