import { describe, expect, test } from "vitest";
import { asciiOnly, escapedForms } from "../../../executor/src/mask/escaped-forms.ts";

describe("escapedForms()", () => {
  test.each([
    ["JSON", 'p@ss "é"/<x>', 'p@ss \\"é\\"/<x>'],
    ["JSON in JSON", 'p@ss "x"', 'p@ss \\\\\\"x\\\\\\"'],
    ["JSON in ASCII", 'p@ss "é"', 'p@ss \\"\\u00e9\\"'],
    ["JSON in ASCII, upper case", 'p@ss "é"', 'p@ss \\"\\u00E9\\"'],
    ["JSON with escaped slashes", "p@ss/word", "p@ss\\/word"],
    ["Go's JSON", "p@ss<word>", "p@ss\\u003cword\\u003e"],
    ["Python's repr", "it's\n\x01", "it\\'s\\n\\x01"],
    ["a shell's quotes", "it's me", "it'\\''s me"],
    ["HTML", 'a<"b">&', "a&lt;&quot;b&quot;&gt;&amp;"],
  ])("escapedForms() has %s", (_, text, form) => {
    expect(escapedForms(text)).toContain(form);
  });
});

test("asciiOnly() escapes each UTF-16 unit outside ASCII", () => {
  expect(asciiOnly("a é 😀\x7f")).toBe("a \\u00e9 \\ud83d\\ude00\\u007f");
});
