import { expect, test } from "vitest";
import { defaultSpan } from "../../../../packages/web/src/pages/executions/filter.ts";
import { findSpan, spanName, startOfSpan, timeSpans } from "../../../../packages/web/src/parts/time/time-spans.ts";

test("findSpan() knows every span that an address may have", () => {
  for (const value of spanName.options) expect(findSpan(value).value).toBe(value);
  expect(findSpan(defaultSpan).ms).toBe(7 * 86_400_000);
});

test("timeSpans has the shortest first", () => {
  const lengths = timeSpans.map(({ ms }) => ms);
  expect(lengths).toEqual(lengths.toSorted((one, other) => one - other));
});

test("startOfSpan() counts back from the end", () => {
  expect(startOfSpan("24h", Date.parse("2026-03-02T12:00:00Z"))).toBe("2026-03-01T12:00:00.000Z");
});
