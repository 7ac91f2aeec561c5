import { expect, test } from "vitest";
import { withLineEnds } from "../../../../../packages/web/src/pages/package/files/edited-text.ts";

test("withLineEnds() keeps the line ends of a file that has only those of Windows", () => {
  expect(withLineEnds("a\r\nb\r\n", "a\nc\n")).toBe("a\r\nc\r\n");
  expect(withLineEnds("a\nb\n", "a\nc\n")).toBe("a\nc\n");
  expect(withLineEnds("a\r\nb\n", "a\nc\n")).toBe("a\nc\n");
  expect(withLineEnds("", "a\n")).toBe("a\n");
});
