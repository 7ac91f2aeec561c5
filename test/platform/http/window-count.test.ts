import { expect, test } from "vitest";
import { createWindowCount } from "../../../packages/platform/src/http/window-count.ts";

test("createWindowCount() counts each name by itself, and again from zero in the next window", () => {
  let now = 1_000;
  const count = createWindowCount({ max: 2, windowMs: 60_000, sentence: "Too many" }, () => now);
  count.add("a");
  count.check("a");
  count.add("a");
  expect(() => count.check("a")).toThrow("Too many");
  expect(() => count.add("a")).toThrow(expect.objectContaining({ code: "RATE_LIMITED" }));
  count.add("b");
  now += 59_999;
  expect(() => count.check("a")).toThrow("Too many");
  now += 1;
  count.check("a");
  count.add("a");
});
