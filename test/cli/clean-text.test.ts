import { expect, test } from "vitest";
import { cleanOutput, cleanText } from "../../packages/cli/src/clean-text.ts";

test.each([
  ["a\tb \u001b[31mred\u001b[0m ü€😀", "a\tb \u001b[31mred\u001b[0m ü€😀"],
  ["\u001b]0;title\u0007", "\\u{1b}]0;title\\u{7}"],
  ["\u001b[2J\u001b[1;1H", "\\u{1b}[2J\\u{1b}[1;1H"],
  ["safe\rerror: x", "safe\\u{d}error: x"],
  ["\u009b31m", "\\u{9b}31m"],
  ["ab\u202egnp", "ab\\u{202e}gnp"],
  ["a\nb", "a\\u{a}b"],
  ["pass\u200bword \u{e0041}", "pass\\u{200b}word \\u{e0041}"],
  ["⚠\ufe0f slow 👩\u200d🚀 می\u200cخواهم", "⚠\ufe0f slow 👩\u200d🚀 می\u200cخواهم"],
])("cleanText() lets tabs and colours pass and shows other control characters: %j", (text, clean) => {
  expect(cleanText(text)).toBe(clean);
});

test.each([
  ["progress 10%\rprogress 50%\r", "progress 50%"],
  ["10%\r\u001b[Kdone\u001b[0K", "done"],
  ["10%\r\u001b[2Jx", "\\u{1b}[2Jx"],
])("cleanOutput() shows of a line what a terminal still shows: %j", (line, shown) => {
  expect(cleanOutput(line)).toBe(shown);
});
