import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFrameReader, encodeFrame as encodeAtExecutor, splitBody } from "../../executor/src/channel/frames.ts";
import { decodeBody, encodeFrame, readLengthLine } from "../../packages/sdk/src/frames.ts";

const heads = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue());
const raws = fc.option(fc.uint8Array({ maxLength: 5000 }), { nil: undefined });

describe("encodeFrame()", () => {
  it("gives the executor's own bytes", () => {
    fc.assert(
      fc.property(heads, raws, (head, raw) => {
        expect(Buffer.from(encodeFrame(head, raw)).equals(encodeAtExecutor(head, raw))).toBe(true);
      }),
    );
  });

  it("is read by the executor", () => {
    fc.assert(
      fc.property(heads, raws, (head, raw) => {
        const [body, ...rest] = createFrameReader().push(encodeFrame(head, raw));
        const parts = splitBody(body ?? new Uint8Array());
        expect(rest).toEqual([]);
        expect(Buffer.from(parts.head).toString()).toBe(JSON.stringify(head));
        expect(parts.raw === undefined ? undefined : [...parts.raw]).toEqual(raw === undefined ? undefined : [...raw]);
      }),
    );
  });
});

describe("readLengthLine() and decodeBody()", () => {
  it("read what the executor writes", () => {
    fc.assert(
      fc.property(heads, raws, (head, raw) => {
        const bytes = encodeAtExecutor(head, raw);
        const line = readLengthLine(bytes);
        const body = decodeBody(bytes.subarray(line?.start));
        expect(line?.length).toBe(bytes.byteLength - (line?.start ?? 0));
        expect(JSON.stringify(body.head)).toBe(JSON.stringify(head));
        expect(body.raw === undefined ? undefined : [...body.raw]).toEqual(raw === undefined ? undefined : [...raw]);
      }),
    );
  });

  it("wait for the end of the line and refuse what no frame starts with", () => {
    expect(readLengthLine(Buffer.from(""))).toBeUndefined();
    expect(readLengthLine(Buffer.from("1234567890"))).toBeUndefined();
    for (const garbage of ["\n", "-1\n", "a", "1 \n", "12345678901", "ÿ\n"]) {
      expect(() => readLengthLine(Buffer.from(garbage))).toThrow("not a frame");
    }
  });

  it("quote nothing of a head that is not JSON", () => {
    expect(() => decodeBody(Buffer.from("hunter2"))).toThrow(
      /^sealrun: the executor sent a frame whose head is not JSON$/,
    );
  });
});
