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
  ).toMatchObject([
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

test("detailParts() counts what is too long for a table, and keeps all of it", () => {
  const names = Array.from({ length: 500 }, (_, index) => `KEY_${index}`);
  const versions = Object.fromEntries(names.map((name) => [name, 1]));
  expect(detailParts({ names, versions, few: { A: 1, B: 2 } })).toEqual([
    { name: "names", text: "500 entries", whole: names.join(", ") },
    { name: "versions", text: "500 entries", whole: names.map((name) => `${name} 1`).join(", ") },
    { name: "few", text: "A 1, B 2", whole: undefined },
  ]);
  expect(detailParts({ sentence: "x".repeat(1_000) })[0]).toMatchObject({ text: `${"x".repeat(100)}…` });
});

test("detailParts() says nothing of a row without details", () => {
  expect(detailParts({})).toEqual([]);
});
