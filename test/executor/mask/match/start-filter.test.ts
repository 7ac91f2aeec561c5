import { expect, test } from "vitest";
import * as fc from "fast-check";
import {
  addStart,
  createStartFilter,
  judgedBytes,
  nextStart,
} from "../../../../executor/src/mask/match/start-filter.ts";

test("nextStart() never passes over a needle", () => {
  const needle = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), minLength: 4, maxLength: 12 });
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), maxLength: 60 });
  fc.assert(
    fc.property(fc.array(needle, { minLength: 1, maxLength: 3 }), text, (needles, given) => {
      const filter = createStartFilter();
      for (const each of needles) addStart(filter, Buffer.from(each));
      const bytes = Buffer.from(given);
      for (let from = 0; from + judgedBytes(filter) <= bytes.length; from += 1) {
        const first = Math.min(...needles.map((each) => given.indexOf(each, from)).filter((at) => at !== -1));
        const next = nextStart(filter, bytes, from);
        expect(next).toBeGreaterThanOrEqual(from);
        expect(next).toBeLessThanOrEqual(first);
      }
    }),
  );
});

test("nextStart() passes over text in which no needle starts, several bytes at once", () => {
  const filter = createStartFilter();
  addStart(filter, Buffer.from("correct horse"));
  expect(nextStart(filter, Buffer.alloc(1000, "."), 3)).toBeGreaterThan(990);
  expect(filter.stride).toBe(5);
  addStart(filter, Buffer.from("1234"));
  expect(filter.stride).toBe(1);
});
