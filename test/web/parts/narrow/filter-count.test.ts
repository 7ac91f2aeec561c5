import { expect, test } from "vitest";
import { filterCount } from "../../../../packages/web/src/parts/narrow/filter-count.ts";

test("filterCount() says how many filters are set, and nothing for none", () => {
  expect([0, 1, 3].map(filterCount)).toEqual(["", "1 filter", "3 filters"]);
});
