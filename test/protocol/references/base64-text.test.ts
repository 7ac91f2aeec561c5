import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBase64Text, encodeBase64Text } from "../../../packages/protocol/src/references/base64-text.ts";

describe("encodeBase64Text()", () => {
  test("encodeBase64Text() encodes the UTF-8 bytes as Node does, and decodeBase64Text() gives the text back", () => {
    const wellFormed = fc.string({ unit: "binary" }).filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(wellFormed, (text) => {
        const encoded = encodeBase64Text(text);
        expect(encoded).toBe(Buffer.from(text).toString("base64"));
        expect(decodeBase64Text(encoded)).toBe(text);
      }),
    );
  });
});

describe("decodeBase64Text()", () => {
  test("decodeBase64Text() reads over line breaks, and keeps a byte order mark", () => {
    expect(decodeBase64Text("aGVs\r\nbG8=\n")).toBe("hello");
    expect(decodeBase64Text("77u/YQ==")).toBe("\uFEFFa");
  });

  test.each(["a", "not base64!", "aGVsbG8=x", "//79", "gA=="])("decodeBase64Text() gives undefined for %j", (text) => {
    expect(decodeBase64Text(text)).toBeUndefined();
  });
});
