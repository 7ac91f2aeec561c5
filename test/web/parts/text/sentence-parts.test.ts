import { expect, test } from "vitest";
import { splitSentence } from "../../../../packages/web/src/parts/text/sentence-parts.ts";

const id = `exe_${"a1".repeat(10)}`;

test("splitSentence() finds executions and times, and keeps every other sign", () => {
  const sentence = `Execution ${id} waits; it is tried again at 2026-11-21T10:00:00.000Z.`;
  const parts = splitSentence(sentence);
  expect(parts.map(({ kind }) => kind)).toEqual(["text", "execution", "text", "time", "text"]);
  expect(parts.map(({ text }) => text).join("")).toBe(sentence);
});

test("splitSentence() keeps other text as it is", () => {
  for (const text of [`${id}x`, `x${id}`, "2026-99-99T99:99:99Z", "2026-11-21", "exe_short"]) {
    expect(splitSentence(text)).toEqual([{ kind: "text", text }]);
  }
  expect(splitSentence("")).toEqual([]);
});
