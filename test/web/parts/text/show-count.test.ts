import { expect, test } from "vitest";
import { showCount } from "../../../../packages/web/src/parts/text/show-count.ts";

test("showCount() puts commas between thousands", () => {
  expect([0, 999, 1_030, 100_000].map(showCount)).toEqual(["0", "999", "1,030", "100,000"]);
});
