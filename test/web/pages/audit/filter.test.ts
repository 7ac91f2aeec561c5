import { expect, test } from "vitest";
import { filterOf, isNarrowed, isSpan } from "../../../../packages/web/src/pages/audit/filter.ts";

const now = Date.parse("2026-03-02T12:00:00Z");

test("filterOf() asks for rows since the span's beginning", () => {
  expect(filterOf({ action: "secret", span: "24h" }, now)).toEqual({
    action: "secret",
    since: "2026-03-01T12:00:00.000Z",
  });
  expect(filterOf({ actor: "admin" }, now)).toEqual({ actor: "admin", since: undefined });
});

test("isNarrowed() is false only when nothing is left out", () => {
  expect(isNarrowed({ project: undefined })).toBe(false);
  expect(isNarrowed({ span: "1h" })).toBe(true);
});

test("isSpan() knows the spans alone", () => {
  expect([isSpan("7d"), isSpan("8d"), isSpan(null)]).toEqual([true, false, false]);
});
