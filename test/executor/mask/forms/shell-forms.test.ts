import { describe, expect, test } from "vitest";
import { shellForms } from "../../../../executor/src/mask/forms/shell-forms.ts";

describe("shellForms()", () => {
  test.each([
    ["single quotes", "it's me", "it'\\''s me"],
    ["Python's shlex.quote", "it's me", `it'"'"'s me`],
    ["printf %q", "pa ss$wo'rd&x#42", "pa\\ ss\\$wo\\'rd\\&x#42"],
    ["printf %q of a tilde and a number sign", "#a=~b", "\\#a=\\~b"],
    ["declare -p", 'pa"ss$wo`rd\\', 'pa\\"ss\\$wo\\`rd\\\\'],
    ["printf %q of control characters", "a\x1b\x01'\n", "a\\E\\001\\'\\n"],
    ["printf %q in a locale of ASCII", "pä", "p\\303\\244"],
  ])("shellForms() has %s", (_, text, form) => {
    expect(shellForms(text)).toContain(form);
  });
});
