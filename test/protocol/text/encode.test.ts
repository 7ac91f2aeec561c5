import * as fc from "fast-check";
import { expect, test } from "vitest";
import { encodeJson } from "../../../packages/protocol/src/text/encode.ts";

test("encodeJson() gives the UTF-8 bytes of the JSON text, from which the value comes back", () => {
  expect(Buffer.from(encodeJson({ a: "é🔑" })).toString()).toBe('{"a":"é🔑"}');
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.stringify(JSON.parse(Buffer.from(encodeJson(value)).toString()))).toBe(JSON.stringify(value));
    }),
  );
});
