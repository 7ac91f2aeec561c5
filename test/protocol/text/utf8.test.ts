import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeUtf8 } from "../../../packages/protocol/src/text/utf8.ts";

const encode = (text: string) => new TextEncoder().encode(text);

describe("decodeUtf8()", () => {
  test("decodeUtf8() returns every well-formed text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(!text.startsWith("\uFEFF"));
        expect(decodeUtf8(encode(text))).toBe(text);
      }),
    );
  });

  test("decodeUtf8() names the first byte that breaks the text, and its line", () => {
    const breaking = fc.constantFrom(
      [0xff],
      [0xc3, 0x28],
      [0xe2, 0x82, 0x41],
      [0xf0, 0x9f, 0x98, 0x22],
      [0xed, 0xa0, 0x80],
      [0xc0, 0x80],
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), breaking, fc.string(), (before, bytes, after) => {
        const start = encode(before);
        expect(decodeUtf8(new Uint8Array([...start, ...bytes, ...encode(after)]))).toEqual({
          invalidAt: start.length,
          line: before.split("\n").length,
        });
      }),
    );
  });

  test("decodeUtf8() names a sequence that the end cuts", () => {
    expect(decodeUtf8(encode("ab\n😀").subarray(0, 5))).toEqual({ invalidAt: 3, line: 2 });
  });
});
