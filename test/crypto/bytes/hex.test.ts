import { fromHex, toHex } from "@sealrun/crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf, inTheMiddle } from "../code-of.ts";

test("toHex() equals Node's and fromHex() undoes it", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(toHex(inTheMiddle(bytes))).toBe(Buffer.from(bytes).toString("hex"));
      expect(fromHex(toHex(bytes))).toEqual(bytes);
    }),
  );
});

test.each(["0", "0g", "AA", " 00", "00\n", "0x00"])("fromHex() refuses %j", (text) => {
  expect(codeOf(() => fromHex(text))).toBe("BAD_FORMAT");
});
