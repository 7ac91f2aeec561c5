import {
  fromBase64,
  generateIdentity,
  generateScopeKey,
  publicKeyId,
  sign,
  signScopeKey,
  toBase64,
  utf8,
  verifyScopeKey,
} from "@sealrun/crypto";
import { platformId, type ScopeKeyFields } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { codeOf, flipped } from "../code-of.ts";

const keyring = generateIdentity("keyring");
const fields: ScopeKeyFields = {
  platformId: platformId.parse("plt_00000000000000000000"),
  scope: "project",
  ownerId: "prj_00000000000000000000",
  version: 1,
  publicKey: toBase64(generateScopeKey().publicKey),
};
const statement = signScopeKey(keyring, fields);

test("generateScopeKey() names its key as envelopes do", () => {
  const key = generateScopeKey();
  expect(key.id).toEqual(publicKeyId(key.publicKey));
});

test("verifyScopeKey() gives what the keyring stated", () => {
  expect(verifyScopeKey(statement, keyring.signPublic)).toEqual(fields);
  expect(verifyScopeKey(statement, keyring.signPublic, { scope: "project", ownerId: fields.ownerId })).toEqual(fields);
});

test("verifyScopeKey() refuses another keyring and every changed byte", () => {
  expect(codeOf(() => verifyScopeKey(statement, generateIdentity("keyring").signPublic))).toBe("BAD_SIGNATURE");
  const body = fromBase64(statement.body);
  for (let index = 0; index < body.length; index += 1) {
    const changed = { ...statement, body: toBase64(flipped(body, index)) };
    expect(codeOf(() => verifyScopeKey(changed, keyring.signPublic))).toBe("BAD_SIGNATURE");
  }
  for (let index = 0; index < 64; index += 1) {
    const changed = { ...statement, signature: toBase64(flipped(fromBase64(statement.signature), index)) };
    expect(codeOf(() => verifyScopeKey(changed, keyring.signPublic))).toBe("BAD_SIGNATURE");
  }
});

test.each([
  { platformId: platformId.parse("plt_11111111111111111111") },
  { scope: "platform" as const },
  { ownerId: "prj_11111111111111111111" },
  { version: 2 },
])("verifyScopeKey() refuses a true statement of another scope: $#", (expected) => {
  expect(codeOf(() => verifyScopeKey(statement, keyring.signPublic, expected))).toBe("BAD_SIGNATURE");
});

test("verifyScopeKey() refuses a signed key of low order, and a signature made for anything else", () => {
  const weak = signScopeKey(keyring, { ...fields, publicKey: toBase64(new Uint8Array(32)) });
  expect(codeOf(() => verifyScopeKey(weak, keyring.signPublic))).toBe("LOW_ORDER_KEY");
  const body = utf8(JSON.stringify(fields));
  const unlabelled = { body: toBase64(body), signature: toBase64(sign(keyring.signPrivate, body)) };
  expect(codeOf(() => verifyScopeKey(unlabelled, keyring.signPublic))).toBe("BAD_SIGNATURE");
});

test("verifyScopeKey() says what is no base64 and what is no statement", () => {
  expect(codeOf(() => verifyScopeKey({ ...statement, body: "?" }, keyring.signPublic))).toBe("BAD_FORMAT");
  const empty = signScopeKey(keyring, { ...fields, ownerId: "" });
  expect(codeOf(() => verifyScopeKey(empty, keyring.signPublic))).toBe("MALFORMED");
});
