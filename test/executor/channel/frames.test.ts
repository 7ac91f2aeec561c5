import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFrameReader, encodeFrame, splitBody } from "../../../executor/src/channel/frames.ts";
import { bytesOf, refusalOf } from "../../support/refusal.ts";

/** Cuts bytes at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length));
}

describe("createFrameReader()", () => {
  test("createFrameReader() gives the same bodies however the bytes are cut", () => {
    const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 8 });
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(), { maxLength: 40 }), (sent, places) => {
        const bytes = Buffer.concat(sent.flatMap((body) => [Buffer.from(`${body.length}\n`), body]));
        const reader = createFrameReader();
        const received = cut(bytes, places).flatMap((chunk) => reader.push(chunk));
        expect(received.map((body) => [...body])).toEqual(sent.map((body) => [...body]));
        expect(reader.isInside()).toBe(false);
      }),
    );
  });

  test("createFrameReader() knows that a frame is incomplete", () => {
    const reader = createFrameReader();
    expect(reader.push(bytesOf("5"))).toEqual([]);
    expect(reader.isInside()).toBe(true);
    expect(reader.push(bytesOf('\n{"a"'))).toEqual([]);
    expect(reader.isInside()).toBe(true);
    expect(reader.push(bytesOf("}"))).toEqual([bytesOf('{"a"}')]);
    expect(reader.isInside()).toBe(false);
  });

  test.for(["x", "\n", "0\n", "01\n", "-1\n", "1e3\n", " 1\n", "99999999999", "1\r\n"])(
    "createFrameReader() refuses %j as a length",
    (text) => {
      expect(refusalOf(() => createFrameReader().push(bytesOf(text))).code).toBe("CHANNEL_BROKEN");
    },
  );

  test("createFrameReader() refuses a length over the limit before it reserves memory for it", () => {
    const refusal = refusalOf(() => createFrameReader(100).push(bytesOf("101\n")));
    expect(refusal.message).toBe("The script sent a request of 101 bytes; the limit is 100");
  });

  test("createFrameReader() throws CHANNEL_BROKEN or gives bodies for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          createFrameReader(100).push(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: "CHANNEL_BROKEN" });
        }
      }),
    );
  });
});

describe("encodeFrame()", () => {
  test("encodeFrame() makes a body that splitBody() takes apart again", () => {
    const head = fc.record({ id: fc.string(), message: fc.string() });
    fc.assert(
      fc.property(head, fc.option(fc.uint8Array(), { nil: undefined }), (given, raw) => {
        const [body] = createFrameReader().push(encodeFrame(given, raw));
        const parts = splitBody(body ?? new Uint8Array());
        expect(JSON.parse(Buffer.from(parts.head).toString())).toEqual(given);
        expect(parts.raw === undefined ? undefined : [...parts.raw]).toEqual(raw === undefined ? undefined : [...raw]);
      }),
    );
  });

  test("encodeFrame() writes its head without spaces, as a shell expects", () => {
    expect(Buffer.from(encodeFrame({ id: "1", ok: true }, bytesOf("v"))).toString()).toBe(
      '22\n{"id":"1","ok":true}\nv',
    );
  });
});
