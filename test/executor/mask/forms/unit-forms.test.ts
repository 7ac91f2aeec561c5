import { inspect } from "node:util";
import { expect, test } from "vitest";
import {
  hasUnitForms,
  hexOf,
  joined,
  nodeListStarts,
  unitForms,
} from "../../../../executor/src/mask/forms/unit-forms.ts";

const texts = unitForms("AbCdEf/ä").map(({ text }) => text);

test.each([
  ["blanks", "41 62 43 64 45 66 2f c3 a4"],
  ["colons", "41:62:43:64:45:66:2F:C3:A4"],
  ["dashes", "41-62-43-64-45-66-2F-C3-A4"],
  ["escapes", "\\x41\\x62\\x43\\x64\\x45\\x66\\x2f\\xc3\\xa4"],
  ["URL escapes", "%41%62%43%64%45%66%2F%C3%A4"],
  ["a list", "65, 98, 67, 100, 69, 102, 47, 195, 164"],
  ["a list without blanks", "65,98,67,100,69,102,47,195,164"],
  ["what Node prints", /\d[^]*\d/.exec(inspect([...Buffer.from("AbCdEf/ä")]))?.[0] ?? ""],
  ["decimal entities", "&#65;&#98;&#67;&#100;&#69;&#102;&#47;&#228;"],
  ["entities in hex", "&#x41;&#x62;&#x43;&#x64;&#x45;&#x66;&#x2f;&#xe4;"],
  ["entities in upper case hex", "&#x41;&#x62;&#x43;&#x64;&#x45;&#x66;&#x2F;&#xE4;"],
])("unitForms() has every byte or character with %s", (_, text) => {
  expect(texts).toContain(text);
});

test("unitForms() have a head of the value's first 8 bytes", () => {
  for (const { text, head } of unitForms("AbCdEf/ä")) expect(text.slice(0, head).length).toBe(head);
  expect(unitForms("AbCdEf/ä")[0]?.head).toBe("41 62 43 64 45 66 2f c3".length);
});

test("joined() counts 8 units", () => {
  expect(joined(["a", "b"], ", ")).toEqual({ text: "a, b", head: 4 });
  expect(joined("abcdefghij".split(""), "").head).toBe(8);
});

test("hasUnitForms() refuses short values, whose numbers are in many logs", () => {
  expect([hasUnitForms(Buffer.from("1234567")), hasUnitForms(Buffer.from("12345678"))]).toEqual([false, true]);
});

test("hexOf() has two digits", () => {
  expect([hexOf(7), hexOf(255)]).toEqual(["07", "ff"]);
});

test("nodeListStarts() has each width of the second number's column", () => {
  expect(nodeListStarts("Ab")).toEqual(["65, 98, ", "65, 98, ", "65,  98, "]);
});
