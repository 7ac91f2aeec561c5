import { expect, test } from "vitest";
import * as fc from "fast-check";
import { advance, type LongNeedle } from "../../../../executor/src/mask/match/long-needle.ts";

test("advance() keeps the longest beginning that the bytes so far end with", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 5, maxLength: 40 });
  fc.assert(
    fc.property(text, text, (value, after) => {
      const least = 4;
      const needle: LongNeedle = { bytes: Buffer.from(value), head: least, borders: undefined };
      let matched = least;
      let seen = value.slice(0, least);
      for (const byte of Buffer.from(after)) {
        if (matched === 0) break;
        matched = advance(needle, matched, byte);
        seen += String.fromCharCode(byte);
        const lengths = Array.from({ length: value.length }, (_, index) => value.length - index);
        const longest = lengths.find((length) => seen.endsWith(value.slice(0, length))) ?? 0;
        expect(matched).toBe(longest > least ? longest : 0);
      }
    }),
  );
});
