import { expect, test } from "vitest";
import { countFilters, filterOf, isSpan, spanChoices } from "../../../../packages/web/src/pages/audit/filter.ts";

const now = Date.parse("2026-03-02T12:00:00Z");

test("filterOf() asks for rows since the span's beginning", () => {
  expect(filterOf({ action: "secret", span: "24h" }, now)).toEqual({
    action: "secret",
    since: "2026-03-01T12:00:00.000Z",
  });
  expect(filterOf({ actor: "admin" }, now)).toEqual({ actor: "admin", since: undefined });
});

test("countFilters() counts what is set", () => {
  expect(countFilters({ project: undefined })).toBe(0);
  expect(countFilters({ span: "1h", actor: "admin" })).toBe(2);
});

test("spanChoices has every span that an address of the audit may have", () => {
  expect(spanChoices.map(({ value }) => value)).toEqual(["1h", "24h", "7d", "30d"]);
  expect(spanChoices[0]?.label).toBe("Last hour");
});

test("isSpan() knows only the spans of the audit", () => {
  expect([isSpan("7d"), isSpan("8d"), isSpan("90d"), isSpan(null)]).toEqual([true, false, false, false]);
});
