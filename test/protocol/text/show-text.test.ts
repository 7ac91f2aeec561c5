import { countOf, showBytes, showName, showNames } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { showPath } from "../../../packages/protocol/src/text/show-text.ts";

describe("showName()", () => {
  test("showName() leaves no character that could rewrite a terminal line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        expect(showName(name)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test("showName() cuts after 128 characters, never inside one", () => {
    expect(showName("😀".repeat(200))).toBe(`"${"😀".repeat(128)}…"`);
  });

  test("showName() escapes quotes, so that the end of a name is seen", () => {
    expect(showName('a" or "b')).toBe(String.raw`"a\" or \"b"`);
  });
});

test("showNames() lists some and counts the others", () => {
  expect(showNames(["a", "b", "c", "d"], 2)).toBe('"a", "b" and 2 more');
});

test("showPath() writes a path as a reader would", () => {
  expect(showPath(["steps", 1, "env", "A B", "x"])).toBe('steps[1].env["A B"].x');
  expect(showPath([])).toBe("");
});

test("showBytes() uses the largest unit that divides", () => {
  expect([4_194_304, 524_288, 1_500, 0].map(showBytes)).toEqual(["4 MiB", "512 KiB", "1500 bytes", "0 bytes"]);
});

test("countOf() knows one from many", () =>
  expect([countOf(1, "file"), countOf(0, "file"), countOf(2, "file")]).toEqual(["1 file", "0 files", "2 files"]));
