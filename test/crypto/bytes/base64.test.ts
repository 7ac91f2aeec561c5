import { fromBase64, toBase64 } from "@sealrun/crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf, inTheMiddle } from "../code-of.ts";

test("toBase64() equals Node's, for views too", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(toBase64(inTheMiddle(bytes))).toBe(Buffer.from(bytes).toString("base64"));
    }),
  );
});

test("fromBase64() undoes toBase64()", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }),
  );
});

test("fromBase64() takes 4 MiB", () => {
  const bytes = new Uint8Array(4 * 1024 * 1024 + 1).map((_, index) => index * 31);
  expect(Buffer.from(fromBase64(toBase64(bytes))).equals(bytes)).toBe(true);
});

test("fromBase64() accepts no text but the one that toBase64() makes", () => {
  const text = fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[A-Z=]{0,8}$/));
  fc.assert(
    fc.property(text, (given) => {
      const canonical = Buffer.from(given, "base64").toString("base64") === given;
      expect(codeOf(() => fromBase64(given))).toBe(canonical ? "none" : "BAD_FORMAT");
    }),
    { numRuns: 2000 },
  );
});

test.each([
  "A",
  "AA",
  "AAA",
  "AA=",
  "=AAA",
  "AA=A",
  "====",
  "AB==",
  "AAB=",
  "AA A",
  "AAAA\n",
  "AA-_",
  "AAAé",
  "AAA\u0141",
])("fromBase64() refuses %j", (text) => {
  expect(codeOf(() => fromBase64(text))).toBe("BAD_FORMAT");
});
