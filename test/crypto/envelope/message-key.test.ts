import {
  createBatchSealer,
  envelopePrefix,
  generateScopeKey,
  messageKey,
  openWithMessageKey,
  readEnvelope,
  secretContext,
  sharedSecret,
  utf8,
} from "@sealrun/crypto";
import { expect, test } from "vitest";
import { codeOf, flipped } from "../code-of.ts";

const scopeKey = generateScopeKey();
const place = { platformId: "plt_1", scope: "project", ownerId: "prj_1" } as const;
const context = secretContext({ ...place, name: "A" });
const sealer = createBatchSealer(scopeKey.publicKey);
const envelope = sealer.seal(context, utf8("one"));
const parts = readEnvelope(envelope);
const shared = sharedSecret(scopeKey.privateKey, parts.algorithm === 2 ? parts.ephemeral : new Uint8Array(32));

test("messageKey() from only the prefix opens its message", () => {
  const key = messageKey(shared, scopeKey.publicKey, context, envelopePrefix(envelope));
  expect(key.length).toBe(64);
  expect(openWithMessageKey(key, envelope)).toEqual(utf8("one"));
  expect(openWithMessageKey(key, envelope)).toEqual(utf8("one"));
});

test("messageKey() opens no other message of the same upload, same name or not", () => {
  const key = messageKey(shared, scopeKey.publicKey, context, envelopePrefix(envelope));
  for (const name of ["A", "B"]) {
    const other = sealer.seal(secretContext({ ...place, name }), utf8("two"));
    expect(codeOf(() => openWithMessageKey(key, other))).toBe("WRONG_KEY_OR_CONTEXT");
  }
});

test("messageKey() for another name than the sealed one opens nothing", () => {
  const key = messageKey(shared, scopeKey.publicKey, secretContext({ ...place, name: "B" }), envelopePrefix(envelope));
  expect(codeOf(() => openWithMessageKey(key, envelope))).toBe("WRONG_KEY_OR_CONTEXT");
});

test("messageKey() refuses a prefix for another recipient, of another form, or with more behind it", () => {
  const derive = (prefix: Uint8Array) => () => messageKey(shared, scopeKey.publicKey, context, prefix);
  const prefix = envelopePrefix(envelope);
  expect(codeOf(derive(flipped(prefix, 6)))).toBe("WRONG_KEY_OR_CONTEXT");
  expect(codeOf(derive(flipped(prefix, 0)))).toBe("BAD_FORMAT");
  expect(codeOf(derive(envelope))).toBe("BAD_FORMAT");
});

test("openWithMessageKey() refuses a key of another length, and sees every changed byte", () => {
  const key = messageKey(shared, scopeKey.publicKey, context, envelopePrefix(envelope));
  expect(codeOf(() => openWithMessageKey(key.subarray(0, 63), envelope))).toBe("BAD_FORMAT");
  for (let index = 32; index < 64; index += 1) {
    expect(codeOf(() => openWithMessageKey(flipped(key, index), envelope))).toBe("WRONG_KEY_OR_CONTEXT");
  }
  for (let index = 0; index < 32; index += 1) {
    expect(codeOf(() => openWithMessageKey(flipped(key, index), envelope))).toBe("TAMPERED");
  }
});
