import { fromHex, generateIdentity, sign, utf8, verify } from "@sealrun/crypto";
import nacl from "tweetnacl";
import { expect, test } from "vitest";
import { codeOf, flipped, inTheMiddle } from "../code-of.ts";

const identity = generateIdentity("exr_1");
const message = utf8("sealrun/test\0message");

test("sign() equals tweetnacl's, and verify() accepts it in views too", () => {
  const pair = nacl.sign.keyPair.fromSeed(identity.signPrivate);
  const signature = sign(identity.signPrivate, inTheMiddle(message));
  expect(pair.publicKey).toEqual(identity.signPublic);
  expect(signature).toEqual(nacl.sign.detached(message, pair.secretKey));
  expect(verify(inTheMiddle(identity.signPublic), inTheMiddle(message), inTheMiddle(signature))).toBe(true);
});

test("verify() is false for every changed byte of message, signature and key", () => {
  const signature = sign(identity.signPrivate, message);
  for (let index = 0; index < 64; index += 1) {
    expect(verify(identity.signPublic, message, flipped(signature, index))).toBe(false);
  }
  for (let index = 0; index < message.length; index += 1) {
    expect(verify(identity.signPublic, flipped(message, index), signature)).toBe(false);
  }
  for (let index = 0; index < 32; index += 1) {
    expect(verify(flipped(identity.signPublic, index), message, signature)).toBe(false);
  }
});

test("verify() is false for other lengths, sign() refuses them", () => {
  const signature = sign(identity.signPrivate, message);
  expect(verify(identity.signPublic.subarray(1), message, signature)).toBe(false);
  expect(verify(identity.signPublic, message, signature.subarray(1))).toBe(false);
  expect(verify(identity.signPublic, message, new Uint8Array(0))).toBe(false);
  expect(codeOf(() => sign(new Uint8Array(64), message))).toBe("BAD_FORMAT");
});

/** Points of order 1, 2, 4 and 8: the neutral point and 0 are then a signature of every eighth message or more. */
test.each([
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
])("verify() refuses the small-order key %s, for which tweetnacl accepts one signature for many messages", (hex) => {
  const key = fromHex(hex);
  const forged = new Uint8Array(64);
  forged[0] = 1;
  const messages = Array.from({ length: 60 }, (_, counter) => utf8(String(counter)));
  expect(messages.some((text) => nacl.sign.detached.verify(text, forged, key))).toBe(true);
  expect(messages.some((text) => verify(key, text, forged))).toBe(false);
  expect(messages.some((text) => verify(flipped(key, 31, 0x80), text, forged))).toBe(false);
});

test("verify() refuses a key of small order before it looks at the signature", () => {
  for (const first of [0xec, 0xed, 0xee]) {
    const key = new Uint8Array(32).fill(0xff);
    key[0] = first;
    expect(verify(key, message, new Uint8Array(64))).toBe(false);
    expect(verify(flipped(key, 31, 0x80), message, new Uint8Array(64))).toBe(false);
  }
});
