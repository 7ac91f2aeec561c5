import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { base64Forms, wrappedBase64Lines } from "../../../../executor/src/mask/forms/base64-forms.ts";
import { maskerOf } from "../support.ts";

describe("base64Forms()", () => {
  test("base64Forms() has the padded and the bare form", () => {
    expect(base64Forms(Buffer.from("password"))).toContain("cGFzc3dvcmQ=");
    expect(base64Forms(Buffer.from("password"))).toContain("cGFzc3dvcmQ");
  });

  test("base64Forms() find a value inside the base64 of any text around it", () => {
    const text = fc.string({ unit: "grapheme", minLength: 8, maxLength: 60 });
    fc.assert(
      fc.property(text, fc.string(), fc.string(), (value, before, after) => {
        const whole = Buffer.from(`${before}:${value}\n${after}`);
        for (const encoding of ["base64", "base64url"] as const) {
          const encoded = whole.toString(encoding);
          const inner = Math.ceil((Buffer.byteLength(before) + 1) * (4 / 3)) + 1;
          const shown = maskerOf(value).maskText(encoded);
          expect(shown).toContain("***");
          expect(shown).not.toContain(encoded.slice(inner, inner + 8));
        }
      }),
    );
  });
});

describe("wrappedBase64Lines()", () => {
  test("wrappedBase64Lines() is empty for what fits one line", () => {
    expect(wrappedBase64Lines(Buffer.alloc(48))).toEqual([]);
  });

  test("wrappedBase64Lines() find base64 that was broken into lines", () => {
    const value = Array.from({ length: 40 }, (_, index) => `word${index}`).join(" ");
    const encoded = Buffer.from(value).toString("base64");
    for (const columns of [64, 76]) {
      const wrapped = encoded.match(new RegExp(`.{1,${columns}}`, "g"))?.join("\n") ?? "";
      const lines = maskerOf(value).maskText(wrapped).split("\n");
      expect(lines.every((line) => /^\*\*\*.{0,4}$/.test(line))).toBe(true);
    }
  });
});
