import { describe, expect, test } from "vitest";
import { asciiOnly, jsonForms, jsonInner } from "../../../../executor/src/mask/forms/json-forms.ts";

describe("jsonForms()", () => {
  test.each([
    ["JSON", 'p@ss "é"/<x>', 'p@ss \\"é\\"/<x>'],
    ["JSON in JSON", 'p@ss "x"', 'p@ss \\\\\\"x\\\\\\"'],
    ["JSON in ASCII", 'p@ss "é"', 'p@ss \\"\\u00e9\\"'],
    ["JSON in ASCII, upper case", 'p@ss "é"', 'p@ss \\"\\u00E9\\"'],
    ["JSON with escaped slashes", "p@ss/word", "p@ss\\/word"],
    ["Go's JSON twice", "p@ss<word>", "p@ss\\\\u003cword\\\\u003e"],
    ["Go's JSON", "p@ss<word>", "p@ss\\u003cword\\u003e"],
  ])("jsonForms() has %s", (_, text, form) => {
    expect(jsonForms(text)).toContain(form);
  });

  test("jsonForms() has JSON three times nested, also of a value outside ASCII", () => {
    const text = 'pa"ss\\wö/rd';
    const thrice = JSON.stringify(JSON.stringify(JSON.stringify(text))).slice(7, -7);
    expect(jsonForms(text)).toContain(thrice);
    expect(jsonForms(text)).toContain(jsonInner(jsonInner(asciiOnly(jsonInner(text)))));
  });
});

test("jsonInner() is the text of a JSON string without its quotes", () => {
  expect(jsonInner('a"b\n')).toBe('a\\"b\\n');
});

test("asciiOnly() escapes each UTF-16 unit outside ASCII", () => {
  expect(asciiOnly("a é 😀\x7f")).toBe("a \\u00e9 \\ud83d\\ude00\\u007f");
});
