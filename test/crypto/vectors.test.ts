import { createHash, createHmac, hkdfSync } from "node:crypto";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import {
  checkEnrolmentProof,
  checkFingerprint,
  fingerprint,
  fromBase64,
  fromHex,
  fromUtf8,
  openFrame,
  openWithKey,
  openWithPrivateKey,
  pairKey,
  proveEnrolment,
  readStatedBox,
  rootKeyFromBytes,
  tokenSecretDigest,
  toHex,
  verifyCheckValue,
  verifyScopeKey,
} from "@sealrun/crypto";
import nacl from "tweetnacl";
import { expect, test } from "vitest";
import { asContext } from "./as-context.ts";
import enrolments from "../vectors/enrolment-proof.json" with { type: "json" };
import keyEnvelopes from "../vectors/envelope-key.json" with { type: "json" };
import publicEnvelopes from "../vectors/envelope-public-key.json" with { type: "json" };
import fingerprints from "../vectors/fingerprint.json" with { type: "json" };
import frames from "../vectors/frame.json" with { type: "json" };
import pairFrames from "../vectors/pair-frame.json" with { type: "json" };
import keyChecks from "../vectors/key-check.json" with { type: "json" };
import scopeKeys from "../vectors/scope-key.json" with { type: "json" };

/*
 * The second implementation: Node's HKDF, HMAC and SHA-256 where the package has @noble/hashes, @noble/ciphers where it
 * has tweetnacl, tweetnacl where it has Node's X25519 and Ed25519, and its own reading of the form.
 */
const bytesOf = (hex: string): Buffer => Buffer.from(hex, "hex");
const prefixed = (...parts: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );

function openIndependently(envelope: Buffer, inputKey: Uint8Array, bound: readonly Uint8Array[]): string {
  const headerEnd = envelope[4] === 2 ? 54 : 22;
  expect(envelope.subarray(0, 4).toString("latin1")).toBe("SRE\u0001");
  const nonce = envelope.subarray(headerEnd, headerEnd + 24);
  const info = Buffer.concat([Buffer.from("sealrun/env/v1\0"), prefixed(envelope.subarray(0, headerEnd), ...bound)]);
  const keys = Buffer.from(hkdfSync("sha256", inputKey, nonce, info, 64));
  expect(envelope.subarray(headerEnd + 24, headerEnd + 56).equals(keys.subarray(32))).toBe(true);
  const padded = xsalsa20poly1305(keys.subarray(0, 32), nonce).decrypt(envelope.subarray(headerEnd + 56));
  const text = Buffer.from(padded);
  return text.subarray(0, text.lastIndexOf(0x80)).toString("utf8");
}

test.each(keyEnvelopes)("envelope-key.json opens with a second implementation, $#", (vector) => {
  const bound = vector.context.map((part) => Buffer.from(part));
  expect(openIndependently(bytesOf(vector.envelope), bytesOf(vector.key), bound)).toBe(vector.plaintext);
});

test.each(keyEnvelopes)("openWithKey() opens envelope-key.json, $#", (vector) => {
  const key = { id: fromHex(vector.keyId), bytes: fromHex(vector.key) };
  const opened = openWithKey(key, asContext(vector.context), fromHex(vector.envelope));
  expect(fromUtf8(opened)).toBe(vector.plaintext);
});

test.each(publicEnvelopes)("envelope-public-key.json opens with a second implementation, $#", (vector) => {
  const envelope = bytesOf(vector.envelope);
  const ephemeral = nacl.scalarMult.base(bytesOf(vector.ephemeralPrivate));
  expect(toHex(envelope.subarray(22, 54))).toBe(toHex(ephemeral));
  const recipient = bytesOf(vector.recipientPublic);
  const keyId = createHash("sha256").update(recipient).digest().subarray(0, 16);
  expect(toHex(envelope.subarray(6, 22))).toBe(toHex(keyId));
  const shared = nacl.scalarMult(bytesOf(vector.recipientPrivate), ephemeral);
  const bound = [recipient, ...vector.context.map((part) => Buffer.from(part))];
  expect(openIndependently(envelope, shared, bound)).toBe(vector.plaintext);
});

test.each(publicEnvelopes)("openWithPrivateKey() opens envelope-public-key.json, $#", (vector) => {
  const pair = { publicKey: fromHex(vector.recipientPublic), privateKey: fromHex(vector.recipientPrivate) };
  const opened = openWithPrivateKey(pair, asContext(vector.context), fromHex(vector.envelope));
  expect(fromUtf8(opened)).toBe(vector.plaintext);
});

test.each(scopeKeys)("verifyScopeKey() and tweetnacl agree on scope-key.json, $#", (vector) => {
  expect(verifyScopeKey(vector.statement, fromHex(vector.keyringPublic))).toEqual(vector.fields);
  const signed = Buffer.concat([
    Buffer.from("sealrun/scope-key/v1\0"),
    prefixed(Buffer.from(vector.statement.body, "base64")),
  ]);
  const signature = fromBase64(vector.statement.signature);
  expect(nacl.sign.detached.verify(signed, signature, bytesOf(vector.keyringPublic))).toBe(true);
});

test.each(frames)("openFrame() and tweetnacl agree on frame.json, $#", (vector) => {
  const opened = openFrame(fromHex(vector.frame), {
    findKey: () => fromHex(vector.signPublic),
    expect: { kind: vector.header.kind, subject: vector.header.subject },
    now: vector.header.time,
    maxAgeMs: 0,
    maxSkewMs: 0,
  });
  expect({ ...opened, body: fromUtf8(opened.body) }).toEqual({
    header: vector.header,
    body: vector.body,
    digest: createHash("sha256").update(bytesOf(vector.frame)).digest("hex"),
  });
  const frame = bytesOf(vector.frame);
  const signed = Buffer.concat([Buffer.from("sealrun/frame/v1\0"), frame.subarray(0, -64)]);
  expect(nacl.sign.detached.verify(signed, frame.subarray(-64), bytesOf(vector.signPublic))).toBe(true);
  expect(
    frame.subarray(0, -64).equals(prefixed(Buffer.from(JSON.stringify(vector.header)), Buffer.from(vector.body))),
  ).toBe(true);
});

test.each(pairFrames)("openFrame() and a second implementation agree on pair-frame.json, $#", (vector) => {
  const { sender, receiver, header } = vector;
  const publicOf = (boxPrivate: string): Buffer => Buffer.from(nacl.scalarMult.base(bytesOf(boxPrivate)));
  const sides = [sender, receiver]
    .map(({ id, boxPrivate }) => ({ id, boxPublic: publicOf(boxPrivate) }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const names = prefixed(...sides.flatMap(({ id, boxPublic }) => [Buffer.from(id), boxPublic]));
  const shared = nacl.scalarMult(bytesOf(receiver.boxPrivate), publicOf(sender.boxPrivate));
  const info = Buffer.concat([Buffer.from("sealrun/pair/v1\0"), names]);
  const key = Buffer.from(hkdfSync("sha256", shared, Buffer.alloc(0), info, 32));
  expect(key.toString("hex")).toBe(vector.key);
  const frame = bytesOf(vector.frame);
  const content = prefixed(Buffer.from(JSON.stringify(header)), Buffer.from(vector.body));
  expect(frame.subarray(0, -64).equals(content)).toBe(true);
  const proven = Buffer.concat([Buffer.from("sealrun/frame/v1\0"), content]);
  expect(createHmac("sha512", key).update(proven).digest().equals(frame.subarray(-64))).toBe(true);
  // The key that the header states, with the sender's signature over it.
  const stated = Buffer.concat([
    Buffer.from("sealrun/box-key/v1\0"),
    prefixed(Buffer.from(sender.id), publicOf(sender.boxPrivate)),
  ]);
  expect(header.box).toBe(publicOf(sender.boxPrivate).toString("base64"));
  expect(nacl.sign.detached.verify(stated, fromBase64(header.boxSignature), bytesOf(sender.signPublic))).toBe(true);

  const box = { privateKey: fromHex(receiver.boxPrivate), publicKey: publicOf(receiver.boxPrivate) };
  const open = (signPublic: Uint8Array) =>
    openFrame(fromHex(vector.frame), {
      findKey: () => signPublic,
      findPairKey: (id, unverified) => {
        const boxPublic = readStatedBox(unverified, signPublic);
        return boxPublic === undefined ? undefined : pairKey({ id: receiver.id, box }, { id, boxPublic });
      },
      expect: { kind: header.kind, subject: header.subject },
      now: header.time,
      maxAgeMs: 0,
      maxSkewMs: 0,
    });
  const opened = open(fromHex(sender.signPublic));
  expect({ header: opened.header, body: fromUtf8(opened.body) }).toEqual({ header, body: vector.body });
  expect(() => open(fromHex(fingerprints[0]?.signPublic ?? ""))).toThrow("does not match");
});

test.each(fingerprints)("fingerprint() and Node's SHA-256 agree on fingerprint.json, $#", (vector) => {
  const digest = createHash("sha256").update(bytesOf(vector.signPublic)).digest("base64");
  expect(vector.fingerprint).toBe(`SHA256:${digest.slice(0, 43)}`);
  expect(fingerprint(fromHex(vector.signPublic))).toBe(vector.fingerprint);
  expect(() => checkFingerprint(vector.fingerprint, fromHex(vector.signPublic))).not.toThrow();
});

test.each(keyChecks)("verifyCheckValue() and a second implementation agree on key-check.json, $kind", (vector) => {
  const kind = vector.kind === "storage" ? "storage" : "wrapping";
  expect(() => verifyCheckValue(rootKeyFromBytes(fromHex(vector.key)), kind, fromHex(vector.stored))).not.toThrow();
  const keyId = hkdfSync("sha256", bytesOf(vector.key), Buffer.alloc(0), Buffer.from("sealrun/key-id/v1"), 16);
  expect(Buffer.from(keyId).toString("hex")).toBe(vector.keyId);
  const bound = [Buffer.from("key-check"), Buffer.from(kind)];
  expect(openIndependently(bytesOf(vector.stored), bytesOf(vector.key), bound)).toBe("sealrun root key check");
});

test.each(enrolments)("proveEnrolment() and a second implementation agree on enrolment-proof.json, $#", (vector) => {
  const executorPublic = nacl.scalarMult.base(bytesOf(vector.executorPrivate));
  const keyringPublic = nacl.scalarMult.base(bytesOf(vector.keyringPrivate));
  const digest = createHash("sha256").update(bytesOf(vector.secret)).digest();
  const input = Buffer.concat([nacl.scalarMult(bytesOf(vector.keyringPrivate), executorPublic), digest]);
  const key = Buffer.from(hkdfSync("sha256", input, Buffer.alloc(0), Buffer.from("sealrun/enrol/v1\0"), 32));
  const message = prefixed(
    Buffer.from(vector.tokenId),
    Buffer.from(vector.executorId),
    bytesOf(vector.signPublic),
    executorPublic,
  );
  expect(createHmac("sha256", key).update(message).digest("hex")).toBe(vector.proof);

  const claim = {
    tokenId: vector.tokenId,
    executorId: vector.executorId,
    signPublic: fromHex(vector.signPublic),
    boxPublic: executorPublic,
  };
  const secretDigest = tokenSecretDigest(fromHex(vector.secret));
  expect(toHex(proveEnrolment(claim, secretDigest, fromHex(vector.executorPrivate), keyringPublic))).toBe(vector.proof);
  expect(checkEnrolmentProof(fromHex(vector.proof), claim, secretDigest, fromHex(vector.keyringPrivate))).toBe(true);
});
