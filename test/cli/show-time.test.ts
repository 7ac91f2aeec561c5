import { expect, test } from "vitest";
import { showTime } from "../../packages/cli/src/show-time.ts";

test.each([
  [null, "-"],
  ["2026-11-21T03:37:12.123Z", "2026-11-21 03:37:12Z"],
  ["2026-11-21T03:37:12Z", "2026-11-21 03:37:12Z"],
])("showTime() shows %s as %s", (time, shown) => {
  expect(showTime(time)).toBe(shown);
});
