import { expect, test } from "vitest";
import { cleanText } from "../../packages/cli/src/clean-text.ts";

test.each([
  ["a\tb \u001b[31mred\u001b[0m ü€😀", "a\tb \u001b[31mred\u001b[0m ü€😀"],
  ["\u001b]0;title\u0007", "\\u{1b}]0;title\\u{7}"],
  ["\u001b[2J\u001b[1;1H", "\\u{1b}[2J\\u{1b}[1;1H"],
  ["safe\rerror: x", "safe\\u{d}error: x"],
  ["\u009b31m", "\\u{9b}31m"],
  ["ab\u202egnp", "ab\\u{202e}gnp"],
])("cleanText() lets tabs and colours pass and shows other control characters: %j", (text, clean) => {
  expect(cleanText(text)).toBe(clean);
});
