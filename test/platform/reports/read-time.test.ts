import { expect, test } from "vitest";
import { readTime } from "../../../packages/platform/src/reports/read-time.ts";

test("readTime() reads milliseconds, and any other number as the start of 1970", () => {
  expect(readTime(1_000).toISOString()).toBe("1970-01-01T00:00:01.000Z");
  for (const odd of [Number.NaN, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 9e12]) {
    expect(readTime(odd).getTime()).toBe(0);
  }
});
