import * as fc from "fast-check";
import { expect, test } from "vitest";
import { judgeValue, readValue } from "../../../../../packages/web/src/pages/secrets/set/value-checks.ts";
import { refusalOf } from "../../../../support/refusal.ts";

test("readValue() keeps text as it stands", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => readValue(text, "text") === text));
});

test("readValue() reads JSON", () => {
  expect(readValue('{"a":[1,null]}', "json")).toEqual({ a: [1, null] });
});

test.each([
  ['{"user": "x",\n "password": hunter2}', /^Line 2, column 14: expected a value/],
  ["", /^Line 1, column 1: expected JSON; nothing is typed$/],
  ['{"hunter2":1,"hunter2":2}', /^Line 1, column 14: a key appears twice; keep one of them$/],
])("readValue() says where JSON is broken and repeats none of it: %j", (text, sentence) => {
  const { code, message } = refusalOf(() => readValue(text, "json"));
  expect(code).toBe("MALFORMED");
  expect(message).toMatch(sentence);
  expect(message).not.toContain("hunter2");
});

test("readValue() never repeats what a person typed", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => {
      const canary = "canary-6d1f";
      try {
        readValue(`{"${canary}": ${text}${canary}`, "json");
      } catch (error) {
        expect(String(error)).not.toContain(canary);
      }
    }),
  );
});

test.each([
  ["correct horse battery", []],
  ["", ["empty"]],
  ["abc", ["unmasked"]],
  ["kf83kd", ["short"]],
  ["localhost", ["short"]],
  ["long enough\n", ["line-end"]],
  [" long enough", ["space"]],
  ["ab\n", ["unmasked", "line-end"]],
])("judgeValue() warns of %j", (text, kinds) => {
  expect(judgeValue(text, "text").warnings.map(({ kind }) => kind)).toEqual(kinds);
});

test("judgeValue() judges what JSON holds, and names what is not masked inside a structure", () => {
  expect(judgeValue('"abc"', "json").warnings.map(({ kind }) => kind)).toEqual(["unmasked"]);
  expect(judgeValue('{"a":"kf83-kd02-pw"}', "json")).toEqual({ problem: undefined, warnings: [] });
  expect(judgeValue('{"host":"localhost","on":true,"key":"kf83-kd02-pw"}', "json").warnings).toEqual([
    { kind: "unmasked", sentence: "Not masked, because too short or common words: host and 1 more." },
  ]);
});

test("judgeValue() refuses what is too large", () => {
  expect(judgeValue("x".repeat(1_048_575), "text").problem).toMatch(/at most 1048576 bytes as JSON, found 1048577/);
});
