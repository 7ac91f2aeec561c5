/*
 * Does with each vector what its file is for, in a browser and built like the web UI, and writes what came out into the
 * page. Built only by a test; no platform serves it.
 */
import "./no-eval.ts";
import {
  checkEnrolmentProof,
  checkPublicKey,
  createBatchSealer,
  fingerprint,
  fromHex,
  fromUtf8,
  openFrame,
  openWithKey,
  openWithPrivateKey,
  proveEnrolment,
  randomBytes,
  rootKeyFromBytes,
  tokenSecretDigest,
  toHex,
  utf8,
  verifyCheckValue,
  verifyScopeKey,
} from "@sealrun/crypto";
import nacl from "tweetnacl";
import { asContext } from "../../crypto/as-context.ts";
import { smallOrder } from "../../crypto/small-order.ts";
import { sealWithKeyAndNonce, batchSealerFrom } from "../../../packages/crypto/src/envelope/envelope.ts";
import { generateKeyPair } from "../../../packages/crypto/src/primitives/x25519.ts";
import enrolments from "../../vectors/enrolment-proof.json" with { type: "json" };
import keyEnvelopes from "../../vectors/envelope-key.json" with { type: "json" };
import publicEnvelopes from "../../vectors/envelope-public-key.json" with { type: "json" };
import fingerprints from "../../vectors/fingerprint.json" with { type: "json" };
import frames from "../../vectors/frame.json" with { type: "json" };
import keyChecks from "../../vectors/key-check.json" with { type: "json" };
import scopeKeys from "../../vectors/scope-key.json" with { type: "json" };

/** Where nonces stand: after the prefix of 22 bytes, and the ephemeral key of 32 in a form for public keys. */
const nonceAt = { key: 22, publicKey: 54 } as const;

const results = {
  "envelope-key.json opened": keyEnvelopes.map((vector) => {
    const key = { id: fromHex(vector.keyId), bytes: fromHex(vector.key) };
    return fromUtf8(openWithKey(key, asContext(vector.context), fromHex(vector.envelope)));
  }),
  "envelope-key.json sealed": keyEnvelopes.map((vector) => {
    const key = { id: fromHex(vector.keyId), bytes: fromHex(vector.key) };
    const nonce = fromHex(vector.envelope).slice(nonceAt.key, nonceAt.key + 24);
    return toHex(sealWithKeyAndNonce(key, asContext(vector.context), utf8(vector.plaintext), nonce));
  }),
  "envelope-public-key.json opened": publicEnvelopes.map((vector) => {
    const pair = { publicKey: fromHex(vector.recipientPublic), privateKey: fromHex(vector.recipientPrivate) };
    return fromUtf8(openWithPrivateKey(pair, asContext(vector.context), fromHex(vector.envelope)));
  }),
  "envelope-public-key.json sealed": publicEnvelopes.map((vector) => {
    const envelope = fromHex(vector.envelope);
    const ephemeral = {
      publicKey: envelope.slice(nonceAt.key, nonceAt.key + 32),
      privateKey: fromHex(vector.ephemeralPrivate),
    };
    const nonce = envelope.slice(nonceAt.publicKey, nonceAt.publicKey + 24);
    const sealer = batchSealerFrom(fromHex(vector.recipientPublic), ephemeral, () => nonce);
    return toHex(sealer.seal(asContext(vector.context), utf8(vector.plaintext)));
  }),
  // With the browser's own random bytes: the test opens it with Node's curves.
  "envelope-public-key.json sealed again": publicEnvelopes.map((vector) => {
    const sealer = createBatchSealer(fromHex(vector.recipientPublic));
    return toHex(sealer.seal(asContext(vector.context), utf8(vector.plaintext)));
  }),
  "scope-key.json": scopeKeys.map((vector) => verifyScopeKey(vector.statement, fromHex(vector.keyringPublic))),
  "scope-key.json under another key": scopeKeys.map((vector) =>
    codeOf(() => verifyScopeKey(vector.statement, randomBytes(32))),
  ),
  "frame.json": frames.map((vector) =>
    fromUtf8(
      openFrame(fromHex(vector.frame), {
        findKey: () => fromHex(vector.signPublic),
        expect: { kind: vector.header.kind, subject: vector.header.subject },
        now: vector.header.time,
        maxAgeMs: 0,
        maxSkewMs: 0,
      }).body,
    ),
  ),
  "fingerprint.json": fingerprints.map((vector) => fingerprint(fromHex(vector.signPublic))),
  "key-check.json": keyChecks.map((vector) => {
    const kind = vector.kind === "storage" ? "storage" : "wrapping";
    verifyCheckValue(rootKeyFromBytes(fromHex(vector.key)), kind, fromHex(vector.stored));
    return toHex(rootKeyFromBytes(fromHex(vector.key)).id);
  }),
  "enrolment-proof.json": enrolments.map((vector) => {
    const executorPublic = nacl.scalarMult.base(fromHex(vector.executorPrivate));
    const claim = {
      tokenId: vector.tokenId,
      executorId: vector.executorId,
      signPublic: fromHex(vector.signPublic),
      boxPublic: executorPublic,
    };
    const digest = tokenSecretDigest(fromHex(vector.secret));
    return {
      proof: toHex(
        proveEnrolment(
          claim,
          digest,
          fromHex(vector.executorPrivate),
          nacl.scalarMult.base(fromHex(vector.keyringPrivate)),
        ),
      ),
      isAccepted: checkEnrolmentProof(fromHex(vector.proof), claim, digest, fromHex(vector.keyringPrivate)),
    };
  }),
  "keys of low order": smallOrder.map((point) => codeOf(() => checkPublicKey(fromHex(point)))),
  "two key pairs differ": toHex(generateKeyPair().publicKey) !== toHex(generateKeyPair().publicKey),
};

const shown = document.createElement("pre");
shown.textContent = JSON.stringify(results);
document.body.append(shown);

function codeOf(act: () => unknown): unknown {
  try {
    act();
    return "nothing thrown";
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : String(error);
  }
}
