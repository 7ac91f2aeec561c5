import { expect, test } from "vitest";
import { toCsv } from "../../../../packages/web/src/parts/export/csv.ts";

test("toCsv() quotes what needs it, and leaves an empty cell for null", () => {
  expect(
    toCsv(
      ["name", "count"],
      [
        ["a, b", 1],
        ['say "no"', null],
        ["two\nlines", 0],
      ],
    ),
  ).toBe('name,count\r\n"a, b",1\r\n"say ""no""",\r\n"two\nlines",0\r\n');
});

test("toCsv() leaves no cell that a spreadsheet would compute", () => {
  for (const text of ['=HYPERLINK("https://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]) {
    expect(
      toCsv(["a"], [[text]])
        .split("\r\n")[1]
        ?.replace(/^"/, ""),
    ).toMatch(/^'/);
  }
  expect(toCsv(["a"], [[-1]])).toBe("a\r\n-1\r\n");
});
