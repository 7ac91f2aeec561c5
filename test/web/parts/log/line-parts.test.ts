import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findPattern, lineParts } from "../../../../packages/web/src/parts/log/line-parts.ts";

const escape = String.fromCodePoint(0x1b);

describe("lineParts()", () => {
  test("lineParts() finds text across colours, in any case", () => {
    const parts = lineParts(`an ${escape}[31mERR${escape}[0mor here`, findPattern("error"));
    expect(parts.map(({ text, isFound }) => [text, isFound])).toEqual([
      ["an ", false],
      ["ERR", true],
      ["or", true],
      [" here", false],
    ]);
  });

  test("lineParts() shows masks as masks and hidden characters by their code points", () => {
    const parts = lineParts("key=***\u202E", undefined);
    expect(parts.map(({ kind, text }) => [kind, text])).toEqual([
      ["text", "key="],
      ["mask", "***"],
      ["hidden", "U+202E"],
    ]);
  });

  test("lineParts() shows emoji and joined letters whole, also where the search found a part of a line", () => {
    const parts = lineParts("⚠\uFE0F slow \u{1F469}\u200D\u{1F467} می\u200Cخواهم a\u200Db", findPattern("slow"));
    expect(parts.map(({ kind, text }) => [kind, text])).toEqual([
      ["text", "⚠\uFE0F "],
      ["text", "slow"],
      ["text", " \u{1F469}\u200D\u{1F467} می\u200Cخواهم a"],
      ["hidden", "U+200D"],
      ["text", "b"],
    ]);
  });

  test("lineParts() links web addresses, and never a file of the package within one", () => {
    const parts = lineParts("https://example.com/a.py:3 a.py:4", findPattern("example"), new Set(["a.py", "/a.py"]));
    expect(parts.map(({ text, href, place }) => [text, href, place?.line])).toEqual([
      ["https://", "https://example.com/a.py:3", undefined],
      ["example", "https://example.com/a.py:3", undefined],
      [".com/a.py:3", "https://example.com/a.py:3", undefined],
      [" ", undefined, undefined],
      ["a.py:4", undefined, 4],
    ]);
  });

  test("lineParts() marks every match and keeps all text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme-ascii" }),
        fc.string({ unit: "grapheme-ascii", minLength: 1 }),
        (a, find) => {
          const line = `${a}${find}${a}${find}`;
          const parts = lineParts(line, findPattern(find));
          expect(parts.map(({ text }) => text).join("")).toBe(line);
          expect(parts.some(({ isFound }) => isFound)).toBe(true);
        },
      ),
    );
  });

  test("findPattern() takes typed text literally", () => {
    expect("a.b(c)[d]|e".match(findPattern(".b(c)[d]|e") ?? /never/)).not.toBeNull();
    expect("axb".match(findPattern("a.b") ?? /never/)).toBeNull();
    expect(findPattern("")).toBeUndefined();
  });
});
