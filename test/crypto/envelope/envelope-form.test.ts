import { envelopePrefix, keyCheckContext, readEnvelope, readPrefix, sealTo, sealWithKey } from "@sealrun/crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatPrefix } from "../../../packages/crypto/src/envelope/envelope-form.ts";
import { generateKeyPair } from "../../../packages/crypto/src/primitives/x25519.ts";
import { codeOf, flipped, inTheMiddle } from "../code-of.ts";

const context = keyCheckContext("storage");
const key = { id: new Uint8Array(16).fill(7), bytes: new Uint8Array(32).fill(8) };
const keyEnvelope = sealWithKey(key, context, Uint8Array.of(1));
const publicEnvelope = sealTo(generateKeyPair().publicKey, context, Uint8Array.of(1));

test("readEnvelope() finds algorithm, key id and ephemeral key, in a view too", () => {
  expect(readEnvelope(inTheMiddle(keyEnvelope))).toMatchObject({ algorithm: 1, keyId: key.id });
  const parts = readEnvelope(inTheMiddle(publicEnvelope));
  expect(parts.algorithm === 2 ? parts.ephemeral : undefined).toEqual(publicEnvelope.slice(22, 54));
});

test("envelopePrefix() copies header and nonce, and readPrefix() takes exactly these", () => {
  for (const [envelope, length] of [
    [keyEnvelope, 46],
    [publicEnvelope, 78],
  ] as const) {
    const prefix = envelopePrefix(inTheMiddle(envelope));
    expect(prefix).toEqual(envelope.slice(0, length));
    expect(readPrefix(prefix).prefix).toEqual(prefix);
    expect(codeOf(() => readPrefix(prefix.subarray(0, -1)))).toBe("BAD_FORMAT");
    expect(codeOf(() => readPrefix(envelope))).toBe("BAD_FORMAT");
  }
});

test.each([keyEnvelope, publicEnvelope])(
  "readEnvelope() refuses every other magic, version, algorithm and padding, $#",
  (envelope) => {
    for (let index = 0; index < 6; index += 1) {
      for (let mask = 1; mask < 256; mask += 1) {
        const isOtherAlgorithm = index === 4 && mask === 3;
        if (!isOtherAlgorithm) expect(codeOf(() => readEnvelope(flipped(envelope, index, mask)))).toBe("BAD_FORMAT");
      }
    }
  },
);

test("readEnvelope() refuses bytes that end before a box can", () => {
  for (let length = 0; length < 22 + 24 + 32 + 16; length += 1) {
    expect(codeOf(() => readEnvelope(keyEnvelope.subarray(0, length)))).toBe("BAD_FORMAT");
  }
});

test("readEnvelope() gives parts or BAD_FORMAT for any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 150 }), fc.boolean(), (bytes, withStart) => {
      const given = withStart ? Uint8Array.of(0x53, 0x52, 0x45, 1, 2, 1, ...bytes) : bytes;
      expect(["none", "BAD_FORMAT"]).toContain(codeOf(() => readEnvelope(given)));
    }),
  );
});

test("formatPrefix() refuses parts of another length", () => {
  expect(codeOf(() => formatPrefix(new Uint8Array(15), new Uint8Array(24)))).toBe("BAD_FORMAT");
  expect(codeOf(() => formatPrefix(new Uint8Array(16), new Uint8Array(23)))).toBe("BAD_FORMAT");
  expect(codeOf(() => formatPrefix(new Uint8Array(16), new Uint8Array(24), new Uint8Array(31)))).toBe("BAD_FORMAT");
});
