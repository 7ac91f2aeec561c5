import { expect, test } from "vitest";
import { shortId } from "../../../../packages/web/src/parts/text/short-id.ts";

test("shortId() keeps the beginning of a long id, and a short one whole", () => {
  expect(shortId("0199b6c2-7d1e-7f00-8a44-1f2e3d4c5b6a")).toBe("0199b6c2-7d1…");
  expect(shortId("executor-one")).toBe("executor-one");
});
