import { describe, expect, test } from "vitest";
import { literalForms } from "../../../../executor/src/mask/forms/literal-forms.ts";

describe("literalForms()", () => {
  test.each([
    ["what Node prints", "it's\x1b\"`", "it\\'s\\x1B\"`"],
    ["SQL", "O'Brien", "O''Brien"],
    ["MySQL", `it's "x"\n`, `it\\'s \\"x\\"\\n`],
    ["PHP's addslashes", `it's "x"\n`, `it\\'s \\"x\\"\n`],
    ["CSV", 'a"b', 'a""b'],
    ["doubled backslashes", "DOM\\user", "DOM\\\\user"],
  ])("literalForms() has %s", (_, text, form) => {
    expect(literalForms(text)).toContain(form);
  });
});
