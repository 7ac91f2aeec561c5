import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLogLines } from "../../../../executor/src/worker/output/log-lines.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("createLogLines()", () => {
  it("gives the same lines however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.array(fc.nat({ max: 40 })), (text, cuts) => {
        const whole = Buffer.from(text);
        const lines = createLogLines();
        const found: string[] = [];
        let from = 0;
        for (const cut of cuts) {
          found.push(...lines.push(whole.subarray(from, from + cut)));
          from = Math.min(whole.length, from + cut);
        }
        found.push(...lines.push(whole.subarray(from)), ...lines.end());
        const once = createLogLines();
        expect(found).toEqual([...once.push(whole), ...once.end()]);
      }),
    );
  });

  it("keeps a line without a newline until the end", () => {
    const lines = createLogLines();
    expect(lines.push(bytes("a\r\nb"))).toEqual(["a"]);
    expect(lines.end()).toEqual(["b"]);
    expect(lines.end()).toEqual([]);
  });

  it("cuts a line over the limit and says how much is missing", () => {
    const lines = createLogLines(4);
    expect(lines.push(bytes("abcdefgh\nij\n"))).toEqual(["abcd … (4 more bytes in this line)", "ij"]);
  });

  it("shows invalid UTF-8 as the replacement character", () => {
    expect(createLogLines().push(Uint8Array.of(0x61, 0xff, 0x0a))).toEqual(["a\u{fffd}"]);
  });
});
