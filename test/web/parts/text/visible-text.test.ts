import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";
import {
  isCrowded,
  showHidden,
  shownParts,
  splitHidden,
} from "../../../../packages/web/src/parts/text/visible-text.ts";

test("splitHidden() shows characters that hide or reverse text by their code points", () => {
  expect(splitHidden("safe\u202Egpj.exe")).toEqual([
    { kind: "text", text: "safe" },
    { kind: "hidden", text: "U+202E" },
    { kind: "text", text: "gpj.exe" },
  ]);
  const each = ["\u0000", "\u001B", "\u00AD", "\u200B", "\u2066", "\uFEFF", "\uFE0F", "\u{E0041}"];
  for (const character of each) {
    expect(splitHidden(`a${character}b`).map(({ kind }) => kind)).toEqual(["text", "hidden", "text"]);
  }
});

test("splitHidden() leaves letters, accents, tabs, line feeds and emoji of one character as they are", () => {
  const text = "Grüße,\t日本語\n😀 مرحبا";
  expect(splitHidden(text)).toEqual([{ kind: "text", text }]);
});

test("splitHidden() loses nothing of any text", () => {
  assert(
    property(string({ unit: "binary" }), (text) => {
      const back = splitHidden(text).map((part) =>
        part.kind === "text" ? part.text : String.fromCodePoint(Number.parseInt(part.text.slice(2), 16)),
      );
      expect(back.join("")).toBe(text);
    }),
  );
});

test("showHidden() gives one text with code points in it, for attributes", () => {
  expect(showHidden("safe\u202Egpj.exe")).toBe("safeU+202Egpj.exe");
  expect(showHidden("main.py")).toBe("main.py");
});

test("shownParts() counts hidden characters when there are more than a browser can mark", () => {
  const many = "a\u200B".repeat(2_001);
  expect([isCrowded(many), isCrowded(many.slice(2))]).toEqual([true, false]);
  expect(shownParts(many)).toEqual([
    { kind: "hidden", text: "2,001 hidden characters" },
    { kind: "text", text: "a".repeat(2_001) },
  ]);
  expect(shownParts(many.slice(2))).toEqual(splitHidden(many.slice(2)));
});
