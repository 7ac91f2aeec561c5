import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodingsOf } from "../../../packages/cli/src/search/encodings.ts";

const value = fc.string({ unit: "binary-ascii", minLength: 12, maxLength: 60 });

function isFound(haystack: string, of: string): boolean {
  const bytes = Buffer.from(haystack);
  return [...encodingsOf(of).values()].flat().some((form) => bytes.includes(form));
}

describe("encodingsOf()", () => {
  it.each([
    ["base64", (text: string) => Buffer.from(text).toString("base64")],
    ["base64url", (text: string) => Buffer.from(text).toString("base64url")],
    ["hex", (text: string) => Buffer.from(text).toString("hex")],
    ["upper-case hex", (text: string) => Buffer.from(text).toString("hex").toUpperCase()],
    ["JSON in JSON", (text: string) => JSON.stringify(JSON.stringify({ text }))],
    ["a URL", (text: string) => encodeURIComponent(text)],
  ])("finds a value inside %s of a longer text", (_name, encode) => {
    fc.assert(
      fc.property(value, fc.string({ unit: "binary-ascii", maxLength: 5 }), (secret, before) => {
        expect(isFound(encode(`${before}${secret}`), secret)).toBe(true);
      }),
    );
  });

  it("has no empty form, which would be found everywhere", () => {
    fc.assert(
      fc.property(value, (secret) => {
        for (const form of [...encodingsOf(secret).values()].flat()) expect(form.length).toBeGreaterThan(7);
      }),
    );
  });
});
