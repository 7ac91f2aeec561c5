import { createHmac, hkdfSync } from "node:crypto";
import { auditChainKey, auditLink, auditProof, rootKeyFromBytes, toHex } from "@sealrun/crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

const root = rootKeyFromBytes(Uint8Array.from({ length: 32 }, (_, index) => index));
const key = auditChainKey(root);

describe("auditChainKey()", () => {
  test("auditChainKey() is HKDF-SHA256 of the root key with its own label", () => {
    const expected = hkdfSync("sha256", root.bytes, new Uint8Array(), "sealrun/audit-chain/v1", 32);
    expect(toHex(key)).toBe(toHex(new Uint8Array(expected)));
  });
});

describe("auditLink()", () => {
  test("auditLink() is HMAC-SHA256 over the previous link, the position and the fields, each with its length", () => {
    const part = (bytes: Uint8Array): Buffer => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const row = Buffer.concat([part(Buffer.from("1")), part(Buffer.from("ä"))]);
    const message = Buffer.concat([part(Buffer.alloc(32)), part(Buffer.from("1")), part(row)]);
    const made = auditLink(key, { previous: undefined, position: 1n, fields: ["1", "ä"] });
    expect(toHex(made)).toBe(createHmac("sha256", key).update(message).digest("hex"));
  });

  test("auditLink() differs when text moves from one field to the next", () => {
    const texts = fc.array(fc.string({ unit: "grapheme" }), { maxLength: 4 });
    const of = (fields: readonly string[]) => toHex(auditLink(key, { previous: undefined, position: 1n, fields }));
    fc.assert(
      fc.property(texts, texts, (left, right) => {
        expect(of(left) === of(right)).toBe(JSON.stringify(left) === JSON.stringify(right));
      }),
    );
  });
});

describe("auditProof()", () => {
  test("auditProof() is HMAC-SHA256 under a separate key for each purpose", () => {
    const own = hkdfSync("sha256", key, new Uint8Array(), "sealrun/audit-verified/v1", 32);
    const field = Buffer.concat([Buffer.from([0, 0, 0, 1]), Buffer.from("a")]);
    const expected = createHmac("sha256", new Uint8Array(own)).update(field).digest("hex");
    expect(toHex(auditProof(key, "verified", ["a"]))).toBe(expected);
    expect(toHex(auditProof(key, "continue", ["a"]))).not.toBe(expected);
  });
});
