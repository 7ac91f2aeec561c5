import { expect, test } from "vitest";
import { placeRows } from "../../../../../packages/web/src/pages/executions/charts/place-rows.ts";

const plot = { x: 40, width: 100 };

test("placeRows() gives each bar the same part of the plot", () => {
  expect(placeRows(plot, 4, "bars")).toEqual([
    { x: 40, width: 25 },
    { x: 65, width: 25 },
    { x: 90, width: 25 },
    { x: 115, width: 25 },
  ]);
  expect(placeRows(plot, 0, "bars")).toEqual([]);
});

test("placeRows() has the points of a line in the middle of their parts, but for both ends", () => {
  expect(placeRows(plot, 3, "points")).toEqual([
    { x: 40, width: 25 },
    { x: 65, width: 50 },
    { x: 115, width: 25 },
  ]);
  expect(placeRows(plot, 1, "points")).toEqual([{ x: 40, width: 100 }]);
});
