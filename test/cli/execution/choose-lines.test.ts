import { expect, test } from "vitest";
import { chooseLines } from "../../../packages/cli/src/execution/choose-lines.ts";

const line = { step: "a.sh", stream: "stdout" as const, level: null, text: "x", time: "2026-01-01T12:00:00.000Z" };

test("chooseLines() takes every line without a choice", () => {
  expect(chooseLines({})(line)).toBe(true);
});

test("chooseLines() takes the lines of a step, since a time in any zone", () => {
  expect(chooseLines({ step: "a.sh" })(line)).toBe(true);
  expect(chooseLines({ step: "b.sh" })(line)).toBe(false);
  expect(chooseLines({ since: "2026-01-01T14:00:00+02:00" })(line)).toBe(true);
  expect(chooseLines({ since: "2026-01-01T12:00:00.001Z" })(line)).toBe(false);
});
