import { expect, test } from "vitest";
import { frameLines } from "../../../../packages/web/src/pages/upload/code-frame.ts";

const bytes = new TextEncoder().encode("one\r\ntwo\nthree\n\nfive");

test("frameLines() gives the line of the problem and the lines around it, and no empty ones", () => {
  const shown = frameLines(bytes, 3, () => false).map(({ number, text, isProblem }) => [number, text, isProblem]);
  expect(shown).toEqual([
    [2, "two", false],
    [3, "three", true],
  ]);
});

test("frameLines() leaves out the text of a hidden line, and cuts long ones", () => {
  expect(frameLines(bytes, 1, (line) => line === 2).map(({ text, isHidden }) => [text, isHidden])).toEqual([
    ["one", false],
    ["", true],
  ]);
  const long = new TextEncoder().encode("x".repeat(500));
  expect(frameLines(long, 1, () => false)[0]?.text).toHaveLength(201);
});
