import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAnsi, visibleLine } from "../../../../packages/web/src/parts/log/ansi.ts";

const escape = String.fromCodePoint(0x1b);
const bell = String.fromCodePoint(0x07);
const textOf = (line: string): string =>
  parseAnsi(line)
    .map(({ text }) => text)
    .join("");

describe("parseAnsi()", () => {
  test("parseAnsi() gives colours and weights to the runs they cover", () => {
    const line = `plain ${escape}[1;31mred${escape}[0m and ${escape}[38;5;208morange${escape}[39m ${escape}[48;2;1;2;3mdark`;
    expect(parseAnsi(line)).toEqual([
      { text: "plain ", style: {} },
      { text: "red", style: { isBold: true, color: { kind: "named", index: 1 } } },
      { text: " and ", style: {} },
      { text: "orange", style: { color: { kind: "exact", rgb: [255, 135, 0] } } },
      { text: " ", style: { color: undefined } },
      { text: "dark", style: { color: undefined, background: { kind: "exact", rgb: [1, 2, 3] } } },
    ]);
  });

  test("parseAnsi() reads the bright colours, the greys and the form with colons", () => {
    const colors = ["94", "38;5;9", "38;5;255", "38:2::10:20:30"].map(
      (code) => parseAnsi(`${escape}[${code}mx`)[0]?.style.color,
    );
    expect(colors).toEqual([
      { kind: "named", index: 12 },
      { kind: "named", index: 9 },
      { kind: "exact", rgb: [238, 238, 238] },
      { kind: "exact", rgb: [10, 20, 30] },
    ]);
  });

  test("parseAnsi() drops movements, titles, links and character sets, and keeps their text", () => {
    const link = `${escape}]8;;https://example.com${escape}\\here${escape}]8;;${bell}`;
    expect(textOf(`${escape}[2K${escape}[1Ga${escape}]0;title${bell}b${link}${escape}(Bc${escape}7d`)).toBe("abherecd");
    expect(textOf(`${escape}[2K${escape}[1Ga${escape}(Bc`)).toBe("ac");
  });

  test("parseAnsi() shows what stands after a sequence that does not end", () => {
    expect(textOf(`${escape}]0;all of this`)).toBe("0;all of this");
    expect(textOf(`a${escape}`)).toBe(`a${escape}`);
  });

  test("parseAnsi() never throws, and keeps every character of a line without escapes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (line) => {
        const withoutEscapes = line.replaceAll(escape, "");
        expect(textOf(withoutEscapes)).toBe(withoutEscapes);
        expect(textOf(line)).toBe(visibleLine(line));
      }),
    );
  });

  test("parseAnsi() loses no visible text between any SGR sequences", () => {
    const codes = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 6 });
    const pieces = fc.array(fc.tuple(codes, fc.string({ unit: "grapheme-ascii" })));
    fc.assert(
      fc.property(pieces, (parts) => {
        const line = parts.map(([numbers, text]) => `${escape}[${numbers.join(";")}m${text}`).join("");
        expect(textOf(line)).toBe(parts.map(([, text]) => text).join(""));
      }),
    );
  });

  test("visibleLine() takes time in proportion to a hostile line", () => {
    const line = `${escape}]`.repeat(100_000) + `${escape}[`.repeat(100_000);
    expect(visibleLine(line).length).toBeLessThan(line.length);
  });
});
