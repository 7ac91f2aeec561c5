import { describe, expect, test } from "vitest";
import { pythonForms } from "../../../../executor/src/mask/forms/python-forms.ts";

describe("pythonForms()", () => {
  test.each([
    ["repr", "it's\n\x01", "it\\'s\\n\\x01"],
    ["repr in double quotes", "it's\t", "it's\\t"],
    ["repr of characters that do not print", "a\u00a0b\u2028c", "a\\xa0b\\u2028c"],
    ["ascii()", "pä€😀", "p\\xe4\\u20ac\\U0001f600"],
    ["the repr of bytes", "pä'\\", "p\\xc3\\xa4'\\\\"],
    ["the repr of bytes in single quotes", "pä'", "p\\xc3\\xa4\\'"],
  ])("pythonForms() has %s", (_, text, form) => {
    expect(pythonForms(text)).toContain(form);
  });
});
