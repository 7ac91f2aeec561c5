import { expect, test } from "vitest";
import {
  textAfterEdit,
  textForField,
  withoutMark,
} from "../../../../../packages/web/src/pages/package/files/edited-text.ts";

test("textForField() has what a browser's field makes of a text, and withoutMark() only lacks the mark", () => {
  expect(textForField("\uFEFFa\r\nb\rc\n")).toBe("a\nb\nc\n");
  expect(withoutMark("\uFEFFa\r\n")).toBe("a\r\n");
  expect(withoutMark("a\uFEFF")).toBe("a\uFEFF");
});

test("textAfterEdit() keeps the line ends of a file", () => {
  expect(textAfterEdit("a\r\nb\r\n", "a\nc\n")).toBe("a\r\nc\r\n");
  expect(textAfterEdit("a\nb\n", "a\nc\n")).toBe("a\nc\n");
  expect(textAfterEdit("a\rb\r", "a\nc\n")).toBe("a\rc\r");
  expect(textAfterEdit("", "a\n")).toBe("a\n");
});

test("textAfterEdit() keeps each line end of a file that mixes them, around new and changed lines", () => {
  expect(textAfterEdit("a\r\nb\nc\r\nd\n", "a\nnew\nb\nc\nD\n")).toBe("a\r\nnew\r\nb\nc\r\nD\r\n");
  expect(textAfterEdit("one\ntwo\r\nthree\n", "two\nthree\nfour\n")).toBe("two\r\nthree\nfour\n");
});

test("textAfterEdit() keeps a byte order mark, which a field does not show", () => {
  expect(textAfterEdit("\uFEFFa\r\nb", "a\nc")).toBe("\uFEFFa\r\nc");
  expect(textAfterEdit("\uFEFF", "a")).toBe("\uFEFFa");
});

test("textAfterEdit() keeps a missing last line feed, and one that was there", () => {
  expect(textAfterEdit("a\nb", "A\nb")).toBe("A\nb");
  expect(textAfterEdit("a\r\nb", "a\nb\nc")).toBe("a\r\nb\r\nc");
  expect(textAfterEdit("a\nb\n", "a\nb\n\n")).toBe("a\nb\n\n");
});

test("textAfterEdit() gives the very text when nothing was changed", () => {
  const mixed = "\uFEFFa\r\n\rb\n\n\r\nc";
  expect(textAfterEdit(mixed, textForField(mixed))).toBe(mixed);
});
