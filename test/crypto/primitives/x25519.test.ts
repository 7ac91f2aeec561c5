import {
  checkPublicKey,
  createBatchSealer,
  deriveMessageKeys,
  envelopePrefix,
  fromHex,
  keyCheckContext,
  openWithPrivateKey,
  publicKeyId,
  publicKeyOf,
  sealTo,
} from "@sealrun/crypto";
import * as fc from "fast-check";
import nacl from "tweetnacl";
import { expect, test } from "vitest";
import { x25519Public } from "../../../packages/crypto/src/primitives/seam.ts";
import { checkSharedSecret, generateKeyPair, sharedSecret } from "../../../packages/crypto/src/primitives/x25519.ts";
import { codeOf } from "../code-of.ts";
import { smallOrder } from "../small-order.ts";

const smallOrderPoints = smallOrder.map((hex) => [hex, fromHex(hex)] as const);

test.each(smallOrderPoints)("checkPublicKey() refuses %s", (_, point) => {
  expect(codeOf(() => checkPublicKey(point))).toBe("LOW_ORDER_KEY");
  expect(codeOf(() => sharedSecret(generateKeyPair().privateKey, point))).toBe("LOW_ORDER_KEY");
  expect(codeOf(() => createBatchSealer(point))).toBe("LOW_ORDER_KEY");
});

test.each(smallOrderPoints.slice(0, 7))("x25519.ts must refuse %s: it gives everyone zeros", (_, point) => {
  expect(nacl.scalarMult(generateKeyPair().privateKey, point)).toEqual(new Uint8Array(32));
});

test.each(smallOrderPoints)("openWithPrivateKey() refuses an envelope whose ephemeral key is %s", (_, point) => {
  const pair = generateKeyPair();
  const context = keyCheckContext("storage");
  const envelope = sealTo(pair.publicKey, context, Uint8Array.of(1));
  envelope.set(point, 22);
  expect(codeOf(() => openWithPrivateKey(pair, context, envelope))).toBe("LOW_ORDER_KEY");
});

test.each(smallOrderPoints)("deriveMessageKeys() refuses an envelope whose ephemeral key is %s", (_, point) => {
  const pair = generateKeyPair();
  const context = keyCheckContext("storage");
  const envelope = sealTo(pair.publicKey, context, Uint8Array.of(1));
  envelope.set(point, 22);
  expect(codeOf(() => deriveMessageKeys(pair, [{ context, prefix: envelopePrefix(envelope) }]))).toBe("LOW_ORDER_KEY");
});

test("checkSharedSecret() refuses a shared secret of zeros", () => {
  expect(codeOf(() => checkSharedSecret(new Uint8Array(32)))).toBe("LOW_ORDER_KEY");
});

test("sharedSecret() equals tweetnacl's and is the same from both sides", () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(key, key, (left, right) => {
      expect(x25519Public(left)).toEqual(nacl.scalarMult.base(left));
      expect(publicKeyOf(left)).toEqual(x25519Public(left));
      const shared = sharedSecret(left, x25519Public(right));
      expect(shared).toEqual(nacl.scalarMult(left, nacl.scalarMult.base(right)));
      expect(sharedSecret(right, x25519Public(left))).toEqual(shared);
    }),
    { numRuns: 30 },
  );
});

test("publicKeyId() and checkPublicKey() refuse another length", () => {
  for (const length of [0, 31, 33]) {
    expect(codeOf(() => publicKeyId(new Uint8Array(length)))).toBe("BAD_FORMAT");
    expect(codeOf(() => checkPublicKey(new Uint8Array(length)))).toBe("BAD_FORMAT");
  }
});
