import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitMasks } from "../../../../packages/web/src/parts/log/mask-parts.ts";

describe("splitMasks()", () => {
  test("splitMasks() tells three stars and withheld bytes from text", () => {
    expect(splitMasks("a=*** b=***[masking failed, 12 bytes withheld]")).toEqual([
      { kind: "text", text: "a=" },
      { kind: "mask", text: "***" },
      { kind: "text", text: " b=" },
      { kind: "mask", text: "***" },
      { kind: "mask", text: "[masking failed, 12 bytes withheld]" },
    ]);
  });

  test("splitMasks() leaves two stars and four of them as text", () => {
    expect(splitMasks("**bold** ****")).toEqual([{ kind: "text", text: "**bold** ****" }]);
  });

  test("splitMasks() loses nothing", () => {
    const text = fc.array(fc.oneof(fc.constant("***"), fc.string())).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (given) => {
        expect(
          splitMasks(given)
            .map((part) => part.text)
            .join(""),
        ).toBe(given);
      }),
    );
  });
});
