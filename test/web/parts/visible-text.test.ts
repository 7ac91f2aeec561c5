import fc from "fast-check";
import { expect, test } from "vitest";
import { splitHidden } from "../../../packages/web/src/parts/visible-text.ts";

test("splitHidden() shows what hides or turns text around by its code point", () => {
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
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const back = splitHidden(text).map((part) =>
        part.kind === "text" ? part.text : String.fromCodePoint(Number.parseInt(part.text.slice(2), 16)),
      );
      expect(back.join("")).toBe(text);
    }),
  );
});
