import { expect, test } from "vitest";
import { countOf, showSize } from "../../../../packages/web/src/parts/text/show-size.ts";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [1_023, "1023 bytes"],
  [1_536, "1.5 KiB"],
  [20_480, "20 KiB"],
  [5_242_880, "5 MiB"],
])("showSize() shows %d", (bytes, shown) => expect(showSize(bytes)).toBe(shown));

test("countOf() knows one from many", () =>
  expect([countOf(1, "file"), countOf(0, "file"), countOf(2, "file")]).toEqual(["1 file", "0 files", "2 files"]));
