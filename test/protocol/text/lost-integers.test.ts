import * as fc from "fast-check";
import { expect, test } from "vitest";
import { findLostIntegers, isLostInteger } from "../../../packages/protocol/src/text/lost-integers.ts";
import { runDoubled } from "../../support/run-doubled.ts";

test.each([
  "1152921504606846976",
  "9223372036854775808",
  "-9007199254740993",
  "12345678901234567168",
  "1" + "0".repeat(21),
])("isLostInteger() is true for %s", (literal) => expect(isLostInteger(literal)).toBe(true));

test.each([
  "0",
  "-0",
  "9007199254740991",
  "9007199254740992",
  "-1152921504606847000",
  "1.50",
  "1e30",
  "9007199254740993.0",
  "",
])("isLostInteger() is false for %j", (literal) => expect(isLostInteger(literal)).toBe(false));

test("findLostIntegers() gives paths and lines, and passes strings, escapes and kept numbers", () => {
  const text =
    '{"a\\"": "\\"9007199254740993\\\\", "b": [1234567890123456,\n' +
    '-9007199254740993, {"\\u0063": [[], {}, 12345678901234567168]}], "d": 0.1234567890123456789}';
  expect([...findLostIntegers(text)]).toEqual([
    { path: ["b", 1], line: 2, literal: "-9007199254740993" },
    { path: ["b", 2, "c", 2], line: 2, literal: "12345678901234567168" },
  ]);
});

test("findLostIntegers() finds nothing in what JSON.stringify wrote, and an integer put anywhere into it", () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 5 }),
      fc.array(fc.string({ maxLength: 5 }), { maxLength: 5 }),
      (value, keys) => {
        expect([...findLostIntegers(JSON.stringify(value))]).toEqual([]);
        const open = keys.map((key) => `{"first": ${JSON.stringify(value)}, ${JSON.stringify(key)}: `).join("");
        const text = `${open}9007199254740993${"}".repeat(keys.length)}`;
        expect([...findLostIntegers(text)].map(({ path }) => path)).toEqual([keys]);
      },
    ),
  );
});

test("findLostIntegers() takes time in proportion to the text", async () => {
  const call = `
    const text = JSON.stringify(["9".repeat(20), '\\\\"'.repeat(size), "[".repeat(size)]);
    const [lost] = read.findLostIntegers(text);
    if (lost !== undefined) throw new Error("found " + size);`;
  expect(await runDoubled("packages/protocol/src/text/lost-integers.ts", call)).toEqual([]);
});
