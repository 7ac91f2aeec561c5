import { decode, decodeText, jsonValue, limits, lostIntegerAdvice, parseJson, SealrunError } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { bytesOf, jsonBytes, refusalOf } from "../../support/refusal.ts";

const schema = z.strictObject({ steps: z.array(z.object({ id: z.int() })) });

describe("decode()", () => {
  test("decode() returns any JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        fc.pre(!JSON.stringify(value).includes("__proto__"));
        expect(decode(jsonValue, jsonBytes(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("decode() names the path that failed and what was expected", () => {
    const refusal = refusalOf(() => decode(schema, jsonBytes({ steps: [{ id: 1 }, { id: "canary" }] })));
    expect(refusal.code).toBe("MALFORMED");
    expect(refusal.message).toBe("Expected a number at steps[1].id");
  });

  test("decode() names the byte that is not UTF-8", () => {
    expect(refusalOf(() => decode(schema, new Uint8Array([0x22, 0xff, 0x22]))).message).toBe(
      "Expected UTF-8 at byte 1",
    );
  });

  test("decode() throws nothing but SealrunError, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(bytesOf)), (bytes) => {
        try {
          decode(schema, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SealrunError);
        }
      }),
    );
  });
});

describe("decodeText()", () => {
  test("decodeText() never repeats a text that it refuses", () => {
    const texts = ['{"steps": "canary"}', '["canary"', '"canary" x', "canary", '{"steps":[{"id":"canary"}]}'];
    for (const text of texts) {
      const refusal = refusalOf(() => decodeText(schema, text));
      expect(refusal.message).not.toContain("canary");
      expect(refusal.cause).toBeUndefined();
    }
  });
});

describe("parseJson()", () => {
  test("parseJson() refuses an integer that would be rounded, with its field and line, unless it may be", () => {
    const text = '{"a": [1.50, 1e3,\n {"id": 1152921504606846976}]}';
    const refusal = refusalOf(() => parseJson(text));
    expect(refusal.code).toBe("MALFORMED");
    expect(refusal.message).toBe(`At a[2].id, line 2: ${lostIntegerAdvice}`);
    expect(parseJson(text, { mayRound: true })).toEqual({ a: [1.5, 1_000, { id: 1_152_921_504_606_847_000 }] });
  });

  test("parseJson() refuses JSON that is nested deeper than any message", () => {
    const deepest = limits.jsonDepth + 16;
    expect(parseJson("[".repeat(deepest) + "]".repeat(deepest))).toBeInstanceOf(Array);
    const refusal = refusalOf(() => parseJson("[".repeat(100_000) + "]".repeat(100_000)));
    expect(refusal.message).toBe("Expected JSON nested at most 48 deep");
  });

  test("parseJson() refuses a __proto__ key instead of dropping it", () => {
    expect(refusalOf(() => parseJson('{"a": [{"__proto__": 1}]}')).message).toContain("__proto__");
  });
});
