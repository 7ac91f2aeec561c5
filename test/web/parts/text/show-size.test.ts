import { expect, test } from "vitest";
import { showSize } from "../../../../packages/web/src/parts/text/show-size.ts";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [1_023, "1023 bytes"],
  [1_536, "1.5 KiB"],
  [20_480, "20 KiB"],
  [5_242_880, "5 MiB"],
])("showSize() shows %d", (bytes, shown) => expect(showSize(bytes)).toBe(shown));
