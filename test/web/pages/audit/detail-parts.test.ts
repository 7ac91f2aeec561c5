import { expect, test } from "vitest";
import { detailParts } from "../../../../packages/web/src/pages/audit/detail-parts.ts";

test("detailParts() says each kind of value in words", () => {
  expect(
    detailParts({
      name: "DB_PASS",
      version: 2,
      scope: null,
      sealedAtBoundary: false,
      opens: ["A@1", "B@2"],
      secrets: [],
      more: { a: [1] },
      mixed: [{ a: 1 }],
    }),
  ).toEqual([
    { name: "name", text: "DB_PASS" },
    { name: "version", text: "2" },
    { name: "scope", text: "none" },
    { name: "sealed at boundary", text: "no" },
    { name: "opens", text: "A@1, B@2" },
    { name: "secrets", text: "none" },
    { name: "more", text: '{"a":[1]}' },
    { name: "mixed", text: '[{"a":1}]' },
  ]);
});

test("detailParts() says nothing of a row without details", () => {
  expect(detailParts({})).toEqual([]);
});
