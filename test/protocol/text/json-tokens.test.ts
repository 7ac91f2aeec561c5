import { describe, expect, test } from "vitest";
import {
  type Cursor,
  duplicateKey,
  readNumber,
  readString,
  skipSpace,
} from "../../../packages/protocol/src/text/json-tokens.ts";
import { lostIntegerAdvice } from "../../../packages/protocol/src/text/lost-integers.ts";
import { refusalOf } from "../../support/refusal.ts";

const cursorOf = (text: string, at = 0): Cursor => ({
  text,
  file: "a.json",
  code: "MALFORMED",
  maxDepth: 8,
  namedDepth: 1,
  path: [],
  at,
  line: 1,
  lineStart: 0,
});

test("skipSpace() passes white space and counts lines", () => {
  const cursor = cursorOf(" \t\r\n\n  x");
  skipSpace(cursor);
  expect(cursor).toMatchObject({ at: 7, line: 3, lineStart: 5 });
});

describe("readString()", () => {
  test("readString() reads every escape, and stops after the closing quote", () => {
    const cursor = cursorOf(String.raw`"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00" rest`);
    expect(readString(cursor)).toBe('a"\\/\b\f\n\r\té😀');
    expect(cursor.text.slice(cursor.at)).toBe(" rest");
  });

  test.each([
    ['"a', "1:1: expected a closing"],
    ['"a\nb"', "1:3: expected a closing"],
    ['"a\u0001"', "1:3: expected control characters to be escaped; write this one as \\u0001"],
    [String.raw`"a\x"`, "1:3: expected"],
    [String.raw`"\ud83d"`, "half of a surrogate pair"],
  ])("readString() refuses %j", (text, sentence) => {
    expect(refusalOf(() => readString(cursorOf(text))).message).toContain(sentence);
  });
});

describe("readNumber()", () => {
  test("readNumber() names the place of an integer that is rounded, as deep as keys may be named", () => {
    const cursor = { ...cursorOf("9007199254740993"), path: ["id", "inner"] };
    expect(refusalOf(() => readNumber(cursor)).message).toBe(`a.json:1:1: id: ${lostIntegerAdvice}`);
    expect(refusalOf(() => readNumber({ ...cursor, namedDepth: 0 })).message).toBe(`a.json:1:1: ${lostIntegerAdvice}`);
    expect(refusalOf(() => readNumber({ ...cursor, namedDepth: 2 })).message).toContain("id.inner: expected");
  });

  test.each([
    ["0", 0],
    ["-12.5e3,", -12_500],
    ["9007199254740993.0]", 9_007_199_254_740_992],
    ["1e-4,", 1e-4],
    ["1.50", 1.5],
    ["1e3", 1_000],
    ["0.1234567890123456789012", 0.123_456_789_012_345_68],
    ["1152921504606846976.0", 1_152_921_504_606_847_000],
    ["9007199254740992", 9_007_199_254_740_992],
    ["-0", -0],
  ])("readNumber() reads %j", (text, value) => {
    expect(readNumber(cursorOf(text))).toBe(value);
  });

  test.each([
    ["+1", "digits before and after the point"],
    ["01", "to end here"],
    ["1kg", "to end here"],
    ["1e999", "too large"],
    ["1e-999", "too small"],
    ["9007199254740993", "keeps its value"],
    ["1152921504606846976", "keeps its value"],
    ["9223372036854775808", "keeps its value"],
    ["-12345678901234567168", "write it as text (in quotes)"],
    ["1000000000000000000000", "keeps its value"],
  ])("readNumber() refuses %j", (text, sentence) => {
    expect(refusalOf(() => readNumber(cursorOf(text))).message).toContain(sentence);
  });
});

test("duplicateKey() names the key, and none of a value's own keys", () => {
  expect(duplicateKey(cursorOf("{}", 1), 1, "A").message).toBe('a.json:1:2: duplicate key "A"; keep one of them');
  expect(duplicateKey(cursorOf("{}", 1), 1, undefined).message).toBe("a.json:1:2: duplicate key; keep one of them");
});
