import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pad, paddedLength, unpad } from "../../../packages/crypto/src/envelope/padding.ts";
import { codeOf } from "../code-of.ts";

test("unpad() undoes pad() and wipes its input", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (plaintext) => {
      const padded = pad(plaintext);
      expect(unpad(padded)).toEqual(plaintext);
      expect(padded.every((byte) => byte === 0)).toBe(true);
    }),
  );
});

test.each([
  [0, 64],
  [63, 64],
  [64, 128],
  [1023, 1024],
  [1024, 1088],
  [5000, 5120],
  [1024 * 1024, 1024 * 1024 + 32 * 1024],
])("paddedLength() makes %i bytes %i", (plaintextLength, expected) => {
  expect(paddedLength(plaintextLength)).toBe(expected);
});

test("paddedLength() never shrinks, always leaves room for the mark, and above 1 KiB adds at most 12 %", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000 }), (length) => {
      expect(paddedLength(length)).toBeGreaterThan(length);
      expect(paddedLength(length)).toBeLessThanOrEqual(paddedLength(length + 1));
      if (length >= 1024) expect(paddedLength(length)).toBeLessThanOrEqual((length + 1) * 1.12);
    }),
  );
});

test.each([
  ["nothing", new Uint8Array(0)],
  ["zeros", new Uint8Array(64)],
  ["no mark", new Uint8Array(64).fill(1)],
  ["a block too many", Uint8Array.from({ length: 128 }, (_, index) => (index === 3 ? 0x80 : 0))],
])("unpad() refuses %s as TAMPERED", (_, padded) => {
  expect(codeOf(() => unpad(padded))).toBe("TAMPERED");
});
