import { checkEnrolmentProof, generateIdentity, proveEnrolment, randomBytes, tokenSecretDigest } from "@sealrun/crypto";
import { expect, test } from "vitest";
import { codeOf, flipped } from "../code-of.ts";

const keyring = generateIdentity("keyring");
const executor = generateIdentity("exr_1");
const digest = tokenSecretDigest(randomBytes(32));
const claim = {
  tokenId: "enr_1",
  executorId: "exr_1",
  signPublic: executor.signPublic,
  boxPublic: executor.box.publicKey,
};
const proof = proveEnrolment(claim, digest, executor.box.privateKey, keyring.box.publicKey);
const check = (given: Uint8Array, about: typeof claim, secretDigest = digest) =>
  checkEnrolmentProof(given, about, secretDigest, keyring.box.privateKey);

test("checkEnrolmentProof() accepts the executor's own proof", () => {
  expect(check(proof, claim)).toBe(true);
});

test("checkEnrolmentProof() refuses another token, id, key or secret, and every changed byte", () => {
  const other = generateIdentity("exr_2");
  expect(check(proof, { ...claim, tokenId: "enr_2" })).toBe(false);
  expect(check(proof, { ...claim, executorId: "exr_2" })).toBe(false);
  expect(check(proof, { ...claim, signPublic: other.signPublic })).toBe(false);
  expect(check(proof, { ...claim, boxPublic: other.box.publicKey })).toBe(false);
  expect(check(proof, claim, tokenSecretDigest(randomBytes(32)))).toBe(false);
  for (let index = 0; index < 32; index += 1) expect(check(flipped(proof, index), claim)).toBe(false);
  expect(check(new Uint8Array(0), claim)).toBe(false);
});

test("proveEnrolment() without the private half of the receiving key proves nothing", () => {
  const stranger = generateIdentity("exr_3");
  expect(check(proveEnrolment(claim, digest, stranger.box.privateKey, keyring.box.publicKey), claim)).toBe(false);
});

test("checkEnrolmentProof() refuses a receiving key of low order, tokenSecretDigest() another length", () => {
  expect(codeOf(() => check(proof, { ...claim, boxPublic: new Uint8Array(32) }))).toBe("LOW_ORDER_KEY");
  expect(codeOf(() => tokenSecretDigest(new Uint8Array(31)))).toBe("BAD_FORMAT");
});
