import { expect, test } from "vitest";
import { isHidden } from "../../../../packages/protocol/src/text/output/hidden.ts";

const point = (character: string): number => character.codePointAt(0) ?? 0;

test("isHidden() finds controls, directions, zero widths, selectors and tags", () => {
  for (const character of ["\u0000", "\r", "\u001B", "\u00AD", "\u200B", "\u2066", "\uFEFF", "\uFE0F", "\u{E0041}"])
    expect(isHidden(point(character))).toBe(true);
});

test("isHidden() leaves letters, tabs, line feeds and emoji", () => {
  for (const character of ["a", " ", "\t", "\n", "ü", "日", "😀"]) expect(isHidden(point(character))).toBe(false);
});
