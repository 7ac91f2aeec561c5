import { createBatchSealer, generateScopeKey, newId, secretContext, toBase64, toHex } from "@sealrun/crypto";
import { limits } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { readSealed, readSealedParameters } from "../../../packages/platform/src/secrets/read-sealed.ts";
import { refusalOf } from "../../support/refusal.ts";

const platformId = newId("platform");
const pair = generateScopeKey();
const key = { keyId: toHex(pair.id) };
const sealed = (bytes: number): Uint8Array =>
  createBatchSealer(pair.publicKey).seal(
    secretContext({ platformId, scope: "platform", ownerId: platformId, name: "A" }),
    new Uint8Array(bytes),
  );

test("readSealed() answers the envelope and the public key of its sealing batch", () => {
  const envelope = sealed(10);
  const read = readSealed(key, toBase64(envelope), "A", 10);
  expect(toHex(read.envelope)).toBe(toHex(envelope));
  expect(read.ephemeral).toHaveLength(32);
});

test.each([
  ["an envelope of another key", sealed(10), { keyId: toHex(generateScopeKey().id) }, "KEY_CHANGED"],
  ["an envelope over the limit", sealed(2_000), key, "VALUE_TOO_LARGE"],
  ["bytes that are no envelope", new Uint8Array(8), key, "BAD_REQUEST"],
])("readSealed() refuses %s, and names the value", (_what, envelope, expected, code) => {
  const refusal = refusalOf(() => readSealed(expected, envelope, "the data", 10));
  expect(refusal.code).toBe(code);
  expect(refusal.message).toMatch(/^the data: /);
});

test("readSealedParameters() has the limit of parameters", () => {
  expect(readSealedParameters(key, toBase64(sealed(limits.parametersBytes)), "the parameters").length).toBeGreaterThan(
    limits.parametersBytes,
  );
  const larger = toBase64(sealed(limits.parametersBytes * 2));
  expect(refusalOf(() => readSealedParameters(key, larger, "the parameters")).code).toBe("VALUE_TOO_LARGE");
});
