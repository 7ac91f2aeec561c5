import {
  checkEnvelope,
  checkEnvelopeForm,
  createBatchSealer,
  generateScopeKey,
  isToPublicKey,
  maxEnvelopeBytes,
  newId,
  randomBytes,
  readEnvelope,
  readPrefix,
  envelopePrefix,
  rootKeyFromBytes,
  sealWithKey,
  secretContext,
  toHex,
} from "@sealrun/crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf } from "../code-of.ts";

const platformId = newId("platform");
const context = secretContext({ platformId, scope: "platform", ownerId: platformId, name: "A" });
const pair = generateScopeKey();
const keyId = toHex(pair.id);
const sealed = (bytes: number) => createBatchSealer(pair.publicKey).seal(context, new Uint8Array(bytes));
const symmetric = sealWithKey(rootKeyFromBytes(randomBytes(32)), context, new Uint8Array(1));

test("isToPublicKey() tells the two kinds of envelopes and of prefixes apart", () => {
  expect(isToPublicKey(readEnvelope(sealed(1)))).toBe(true);
  expect(isToPublicKey(readPrefix(envelopePrefix(sealed(1))))).toBe(true);
  expect(isToPublicKey(readEnvelope(symmetric))).toBe(false);
  expect(isToPublicKey(readPrefix(envelopePrefix(symmetric)))).toBe(false);
});

test("maxEnvelopeBytes() is never less than what an envelope has", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40_000 }), (bytes) => {
      expect(sealed(bytes).length).toBeLessThanOrEqual(maxEnvelopeBytes(bytes));
    }),
  );
});

test("checkEnvelope() answers the parts of an envelope to the expected key", () => {
  const envelope = sealed(100);
  const check = checkEnvelope(envelope, { keyId, maxPlainBytes: 100 });
  expect(check).toEqual({ kind: "valid", parts: readEnvelope(envelope) });
});

test("checkEnvelope() names what does not fit", () => {
  const expected = { keyId, maxPlainBytes: 100 };
  expect(checkEnvelope(sealed(1_000), expected)).toEqual({ kind: "too-large" });
  expect(checkEnvelope(symmetric, expected)).toEqual({ kind: "without-public-key" });
  expect(checkEnvelope(sealed(1), { ...expected, keyId: toHex(generateScopeKey().id) })).toEqual({
    kind: "to-another-key",
  });
});

test("checkEnvelope() fails with BAD_FORMAT for bytes that are no envelope", () => {
  expect(codeOf(() => checkEnvelope(new Uint8Array(10), { keyId, maxPlainBytes: 100 }))).toBe("BAD_FORMAT");
});

test("checkEnvelopeForm() looks at the size before it reads anything, and at no key", () => {
  expect(checkEnvelopeForm(new Uint8Array(10_000), 100)).toEqual({ kind: "too-large" });
  expect(checkEnvelopeForm(symmetric, 100)).toEqual({ kind: "without-public-key" });
  expect(checkEnvelopeForm(sealed(1), 100).kind).toBe("valid");
});
