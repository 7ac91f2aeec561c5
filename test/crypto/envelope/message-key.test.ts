import {
  createBatchSealer,
  deriveMessageKeys,
  envelopePrefix,
  generateScopeKey,
  openWithMessageKey,
  type Context,
  secretContext,
  utf8,
} from "@sealrun/crypto";
import { expect, test } from "vitest";
import { codeOf, flipped } from "../code-of.ts";

const scopeKey = generateScopeKey();
const place = { platformId: "plt_1", scope: "project", ownerId: "prj_1" } as const;
const context = secretContext({ ...place, name: "A" });
const sealer = createBatchSealer(scopeKey.publicKey);
const envelope = sealer.seal(context, utf8("one"));
const keyOf = (place: Context, prefix: Uint8Array): Uint8Array => {
  const [key] = deriveMessageKeys(scopeKey, [{ context: place, prefix }]);
  if (key === undefined) throw new TypeError("No key was derived");
  return key;
};

test("deriveMessageKeys() from only the prefix opens its message", () => {
  const key = keyOf(context, envelopePrefix(envelope));
  expect(key.length).toBe(64);
  expect(openWithMessageKey(key, envelope)).toEqual(utf8("one"));
  expect(openWithMessageKey(key, envelope)).toEqual(utf8("one"));
});

test("deriveMessageKeys() opens no other message of the same sealing batch, same name or not", () => {
  const key = keyOf(context, envelopePrefix(envelope));
  for (const name of ["A", "B"]) {
    const other = sealer.seal(secretContext({ ...place, name }), utf8("two"));
    expect(codeOf(() => openWithMessageKey(key, other))).toBe("WRONG_KEY_OR_CONTEXT");
  }
});

test("deriveMessageKeys() for another name than the sealed one opens nothing", () => {
  const key = keyOf(secretContext({ ...place, name: "B" }), envelopePrefix(envelope));
  expect(codeOf(() => openWithMessageKey(key, envelope))).toBe("WRONG_KEY_OR_CONTEXT");
});

test("deriveMessageKeys() refuses a prefix for another recipient, of another form, or with more behind it", () => {
  const derive = (prefix: Uint8Array) => () => keyOf(context, prefix);
  const prefix = envelopePrefix(envelope);
  expect(codeOf(derive(flipped(prefix, 6)))).toBe("WRONG_KEY_OR_CONTEXT");
  expect(codeOf(derive(flipped(prefix, 0)))).toBe("BAD_FORMAT");
  expect(codeOf(derive(envelope))).toBe("BAD_FORMAT");
});

test("deriveMessageKeys() gives the keys of several batches in the order asked", () => {
  const sealers = [sealer, createBatchSealer(scopeKey.publicKey), sealer];
  const sealed = sealers.map((batch, index) => {
    const context = secretContext({ ...place, name: `N${index}` });
    return { context, envelope: batch.seal(context, utf8(`value ${index}`)) };
  });
  const keys = deriveMessageKeys(
    scopeKey,
    sealed.map(({ context, envelope }) => ({ context, prefix: envelopePrefix(envelope) })),
  );
  const opened = keys.map((key, index) => openWithMessageKey(key, sealed[index]?.envelope ?? new Uint8Array(0)));
  expect(opened).toEqual([0, 1, 2].map((index) => utf8(`value ${index}`)));
});

test("deriveMessageKeys() binds the recipient's public key: a key of another pair opens nothing", () => {
  const impostor = generateScopeKey();
  const relabelled = new Uint8Array(envelope);
  relabelled.set(impostor.id, 6);
  const pair = { publicKey: impostor.publicKey, privateKey: scopeKey.privateKey };
  const [key] = deriveMessageKeys(pair, [{ context, prefix: envelopePrefix(relabelled) }]);
  expect(codeOf(() => openWithMessageKey(key ?? new Uint8Array(0), envelope))).toBe("WRONG_KEY_OR_CONTEXT");
  expect(codeOf(() => openWithMessageKey(key ?? new Uint8Array(0), relabelled))).toBe("WRONG_KEY_OR_CONTEXT");
});

test("openWithMessageKey() refuses a key of another length, and sees every changed byte", () => {
  const key = keyOf(context, envelopePrefix(envelope));
  expect(codeOf(() => openWithMessageKey(key.subarray(0, 63), envelope))).toBe("BAD_FORMAT");
  for (let index = 32; index < 64; index += 1) {
    expect(codeOf(() => openWithMessageKey(flipped(key, index), envelope))).toBe("WRONG_KEY_OR_CONTEXT");
  }
  for (let index = 0; index < 32; index += 1) {
    expect(codeOf(() => openWithMessageKey(flipped(key, index), envelope))).toBe("TAMPERED");
  }
});
