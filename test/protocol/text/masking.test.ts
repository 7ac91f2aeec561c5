import { describe, expect, test } from "vitest";
import {
  isCommonWord,
  isMaskedPart,
  isTooShort,
  judgeMasking,
  listLeaves,
  maskedAnywhereBytes,
  masking,
  minMaskedBytes,
} from "../../../packages/protocol/src/text/masking.ts";

describe("judgeMasking()", () => {
  test.each(["", "a", "x9Q", " ab ", 42, -1, true, false, null, {}, [], [1]])(
    "judgeMasking() says of %j that nothing is masked",
    (value) => {
      expect(judgeMasking(value)).toEqual({ masking: "none", isCommonWord: false, unmasked: [] });
    },
  );

  test.each(["x9Qk", "pässwörd", 123_456, { user: "reporter" }, ["first-key", "other-key"]])(
    "judgeMasking() says of %j that all of it is masked",
    (value) => {
      expect(judgeMasking(value)).toEqual({ masking: "all", isCommonWord: false, unmasked: [] });
    },
  );

  test.each(["localhost", "Password", "true", "null", 5432, "65535"])(
    "judgeMasking() says of %j that it is a common word",
    (value) => {
      expect(judgeMasking(value)).toEqual({ masking: "all", isCommonWord: true, unmasked: [] });
    },
  );

  test("judgeMasking() names the parts of a structure that are not masked", () => {
    const value = { host: "localhost", ports: [5432, 123_456], ssl: true, pin: "42", password: "kf83-kd02-pw" };
    const judged = { masking: "part", isCommonWord: false, unmasked: [["host"], ["ports", 0], ["ssl"], ["pin"]] };
    expect(judgeMasking(value)).toEqual(judged);
    expect(judgeMasking(JSON.stringify(value))).toEqual(judged);
  });
});

test("listLeaves() gives a string before what is inside it", () => {
  expect([...listLeaves({ a: '["b-value"]', c: null })]).toEqual([
    { path: ["a"], text: '["b-value"]' },
    { path: ["a", 0], text: "b-value" },
    { path: ["c"], text: undefined },
  ]);
});

test("listLeaves() gives an integer in a string of JSON as it is written, and as it is rounded", () => {
  const texts = [...listLeaves('{"a": [1, {"id": 12345678901234567168}]}')].map(({ path, text }) => [path, text]);
  expect(texts).toContainEqual([["a", 1, "id"], "12345678901234567000"]);
  expect(texts).toContainEqual([["a", 1, "id"], "12345678901234567168"]);
});

test("isTooShort() counts bytes, without outer white space", () => {
  expect(minMaskedBytes).toBe(4);
  expect(["abc ", "ää", "€a", "a€"].map(isTooShort)).toEqual([true, false, false, false]);
});

test("isCommonWord() takes whole numbers up to 65535, and words in any case", () => {
  expect(["0", "65535", "65536", "1.5", "LOCALHOST", "localhosts"].map(isCommonWord)).toEqual([
    true,
    true,
    false,
    false,
    true,
    false,
  ]);
});

test("isMaskedPart() takes neither true and null, nor short texts and common words", () => {
  expect([undefined, "abc", "localhost", "kf83"].map(isMaskedPart)).toEqual([false, false, false, true]);
});

test("maskedAnywhereBytes is above what is never masked", () => {
  expect(maskedAnywhereBytes).toBeGreaterThan(minMaskedBytes);
  expect(masking.options).toEqual(["all", "part", "none"]);
});
