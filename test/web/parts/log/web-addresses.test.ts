import { expect, test } from "vitest";
import { findWebAddresses } from "../../../../packages/web/src/parts/log/web-addresses.ts";

const linked = (text: string): readonly string[] => findWebAddresses(text).map(({ from, to }) => text.slice(from, to));

test("findWebAddresses() finds addresses without the sentence around them", () => {
  expect(linked("see https://example.com/a?b=1#c, or (https://example.com/x).")).toEqual([
    "https://example.com/a?b=1#c",
    "https://example.com/x",
  ]);
  expect(linked("https://en.example.org/wiki/Seal_(animal)")).toEqual(["https://en.example.org/wiki/Seal_(animal)"]);
  expect(linked('"https://example.com/" <https://example.com/y>')).toEqual([
    "https://example.com/",
    "https://example.com/y",
  ]);
});

test("findWebAddresses() links nothing but plain https", () => {
  const refused = [
    "http://example.com",
    "javascript:alert(1)//https:x",
    "https://",
    "https://example.com@evil.test/",
    "https://example.com/?key=***",
    "https://ex\u0430mple.com/",
    "https://example.com/\u202Egpj",
    `https://example.com/${"a".repeat(2_000)}`,
  ];
  for (const text of refused) expect(linked(text)).toEqual([]);
});

test("findWebAddresses() takes time in proportion to a hostile line", () => {
  expect(linked(`https://${")".repeat(1_900)} ${"https://a.".repeat(20_000)}`).length).toBeLessThan(2);
});
