import { expect, test } from "vitest";
import { highlightLines } from "../../../../packages/web/src/parts/code/highlight.ts";

const texts = [
  'import { context } from "@sealrun/sdk";\n\nconst days = 12; // days\n/* two\nlines */\nconsole.log(`${days}`);\n',
  "<script>alert(1)</script>\n<img src=x onerror=alert(1)>\r\n\u202e\u200b",
  "",
];

test.each(["typescript", "python", "bash", "json", "html", "no language"])(
  "highlightLines() keeps every character and line of a text, as %s",
  (language) => {
    for (const text of texts) {
      const lines = highlightLines(text, language);
      expect(lines.map((line) => line.map((piece) => piece.text).join("")).join("\n")).toBe(text);
    }
  },
);

test("highlightLines() tells words of the language, texts, numbers and notes apart, over lines", () => {
  const lines = highlightLines(texts[0] ?? "", "typescript");
  expect(lines[0]?.[0]).toEqual({ text: "import", kind: "keyword" });
  expect(lines[0]?.find(({ kind }) => kind === "string")?.text).toBe('"@sealrun/sdk"');
  expect(lines[2]?.find(({ kind }) => kind === "number")?.text).toBe("12");
  expect([lines[3], lines[4]]).toEqual([
    [{ text: "/* two", kind: "comment" }],
    [{ text: "lines */", kind: "comment" }],
  ]);
});

test("highlightLines() leaves a text of an unknown language plain", () => {
  expect(highlightLines("if a\nb", "klingon")).toEqual([
    [{ text: "if a", kind: undefined }],
    [{ text: "b", kind: undefined }],
  ]);
});
