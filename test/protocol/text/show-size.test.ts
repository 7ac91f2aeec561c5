import { showSize } from "@sealrun/protocol";
import { expect, test } from "vitest";

test("showSize() takes the largest unit that leaves at least one of it", () => {
  expect([0, 1_023, 1_024, 1_048_575, 3_565_158, 5e12, -2_048].map(showSize)).toEqual([
    "0 B",
    "1023 B",
    "1.0 KiB",
    "1.0 MiB",
    "3.4 MiB",
    "4.5 TiB",
    "-2.0 KiB",
  ]);
});
