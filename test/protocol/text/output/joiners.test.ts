import { expect, test } from "vitest";
import { findJoiners } from "../../../../packages/protocol/src/text/output/joiners.ts";

const kept = (text: string): number => findJoiners(text).size;
const joiner = "\u200D";
const nonJoiner = "\u200C";

test("findJoiners() finds what is part of an emoji", () => {
  expect(kept("⚠\uFE0F slow")).toBe(1);
  expect(kept("✔\uFE0E done, ❤\uFE0F")).toBe(2);
  expect(kept(`👩${joiner}👩${joiner}👧`)).toBe(2);
  expect(kept(`🏳\uFE0F${joiner}🌈 1\uFE0F\u20E3 👩🏽${joiner}🚀`)).toBe(4);
  expect([...findJoiners("a ⚠\uFE0F")]).toEqual([3]);
});

test("findJoiners() finds joiners between letters of scripts that need them", () => {
  expect(kept(`می${nonJoiner}خواهم`)).toBe(1);
  expect(kept(`क्${joiner}ष श्${nonJoiner}र`)).toBe(2);
});

test("findJoiners() leaves what stands alone, or between letters that need none", () => {
  for (const text of [
    `a${joiner}b`,
    `pass${nonJoiner}word`,
    `${joiner}👩`,
    `👩${joiner}`,
    "a\uFE0F",
    `می${nonJoiner} `,
  ]) {
    expect(kept(text)).toBe(0);
  }
  expect(kept("⚠\uFE0F\uFE0F")).toBe(1);
  expect(kept("plain\u202Etext")).toBe(0);
});
