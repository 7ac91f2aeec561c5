import { concatBytes, equalBytes, fromUtf8, lengthPrefixed, utf8, wipe } from "@sealrun/crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { exactly } from "../../../packages/crypto/src/bytes/bytes.ts";
import { codeOf } from "../code-of.ts";

test("concatBytes() makes a new array of all parts", () => {
  const part = Uint8Array.of(1, 2);
  const joined = concatBytes(part, new Uint8Array(0), Uint8Array.of(3));
  part.fill(9);
  expect([...joined]).toEqual([1, 2, 3]);
});

test("lengthPrefixed() writes four big-endian bytes of length before each part", () => {
  expect([...lengthPrefixed(Uint8Array.of(7, 8), new Uint8Array(0))]).toEqual([0, 0, 0, 2, 7, 8, 0, 0, 0, 0]);
});

test("lengthPrefixed() gives different bytes for different parts", () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 4 });
  fc.assert(
    fc.property(parts, parts, (left, right) => {
      const same = left.length === right.length && left.every((part, index) => equalBytes(part, right[index] ?? part));
      expect(equalBytes(lengthPrefixed(...left), lengthPrefixed(...right))).toBe(same);
    }),
  );
});

test("utf8() and fromUtf8() keep every well-formed text, byte order mark included", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0x10ffff })), (points) => {
      const text = String.fromCodePoint(...points.filter((point) => point < 0xd800 || point > 0xdfff));
      expect(fromUtf8(utf8(text))).toBe(text);
    }),
  );
  expect(fromUtf8(utf8("\uFEFFa"))).toBe("\uFEFFa");
});

test("utf8() refuses a lone surrogate", () => {
  expect(codeOf(() => utf8("a\ud800b"))).toBe("BAD_FORMAT");
});

test.each([[[0xff]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xe2, 0x82]]])("fromUtf8() refuses %j", (bytes) => {
  expect(codeOf(() => fromUtf8(Uint8Array.from(bytes)))).toBe("BAD_FORMAT");
});

test("equalBytes() says whether two arrays hold the same", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, mask) => {
      const other = new Uint8Array(bytes);
      expect(equalBytes(bytes, other)).toBe(true);
      other[at % other.length] = (other[at % other.length] ?? 0) ^ mask;
      expect(equalBytes(bytes, other)).toBe(false);
    }),
  );
  expect(equalBytes(new Uint8Array(1), new Uint8Array(2))).toBe(false);
  expect(equalBytes(new Uint8Array(0), new Uint8Array(0))).toBe(true);
});

test("wipe() leaves zeros", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  wipe(bytes);
  expect([...bytes]).toEqual([0, 0, 0]);
});

test("exactly() refuses another length with BAD_FORMAT", () => {
  expect(codeOf(() => exactly(new Uint8Array(31), 32, "a key"))).toBe("BAD_FORMAT");
  expect(codeOf(() => exactly(new Uint8Array(32), 32, "a key"))).toBe("none");
});
