/*
 * Writes the vectors beside it: `npx node --conditions=@sealrun/source test/vectors/make.ts`. All inputs are fixed, so
 * that running it changes nothing unless the form did; `test/crypto/vectors.test.ts` reads them with other libraries.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { type FrameHeader, platformId } from "@sealrun/protocol";
import { toBase64 } from "../../packages/crypto/src/bytes/base64.ts";
import { utf8 } from "../../packages/crypto/src/bytes/bytes.ts";
import {
  type Context,
  keyCheckContext,
  parametersContext,
  secretContext,
  stateContext,
  storedContext,
} from "../../packages/crypto/src/envelope/context.ts";
import { sealWithKeyAndNonce, batchSealerFrom } from "../../packages/crypto/src/envelope/envelope.ts";
import { proveEnrolment, tokenSecretDigest } from "../../packages/crypto/src/proof/enrolment-proof.ts";
import { fingerprint } from "../../packages/crypto/src/keys/fingerprint.ts";
import { frameDigest, signFrame } from "../../packages/crypto/src/proof/frame.ts";
import { toHex } from "../../packages/crypto/src/bytes/hex.ts";
import { rootKeyFromBytes } from "../../packages/crypto/src/keys/key-check.ts";
import { signScopeKey } from "../../packages/crypto/src/keys/scope-key.ts";
import { ed25519Public, x25519Public } from "../../packages/crypto/src/primitives/seam.ts";
import type { KeyPair } from "../../packages/crypto/src/primitives/x25519.ts";

const platform = platformId.parse("plt_00000000000000000000");
const owner = "pkg_00000000000000000000";
const dbPassword = secretContext({ platformId: platform, scope: "service", ownerId: owner, name: "DB_PASS" });
const plaintexts: readonly (readonly [string, Context])[] = [
  ["", dbPassword],
  ["hunter2", dbPassword],
  ["päss\u{1f511}\n\"'$", storedContext(dbPassword)],
  ["x".repeat(63), parametersContext({ platformId: platform, packageId: owner })],
  ["x".repeat(64), stateContext({ platformId: platform, packageId: owner, key: "läst" })],
  ["y".repeat(1024), dbPassword],
  ["z".repeat(5000), dbPassword],
];

write("envelope-key", () => {
  const key = { id: bytes("key id").slice(0, 16), bytes: bytes("key") };
  return plaintexts.map(([plaintext, context], index) => ({
    keyId: toHex(key.id),
    key: toHex(key.bytes),
    context,
    plaintext,
    envelope: toHex(sealWithKeyAndNonce(key, context, utf8(plaintext), bytes(`nonce ${index}`).slice(0, 24))),
  }));
});

write("envelope-public-key", () => {
  const recipient = pair("recipient");
  return plaintexts.map(([plaintext, context], index) => {
    const ephemeral = pair(`ephemeral ${index}`);
    const ephemeralPrivate = toHex(ephemeral.privateKey);
    const nonce = bytes(`nonce ${index}`).slice(0, 24);
    const envelope = batchSealerFrom(recipient.publicKey, ephemeral, () => nonce).seal(context, utf8(plaintext));
    return {
      recipientPrivate: toHex(recipient.privateKey),
      recipientPublic: toHex(recipient.publicKey),
      ephemeralPrivate,
      context,
      plaintext,
      envelope: toHex(envelope),
    };
  });
});

write("scope-key", () => {
  const publicKey = toBase64(pair("scope").publicKey);
  const fields = { platformId: platform, scope: "service" as const, ownerId: owner, version: 3, publicKey };
  return [
    { keyringPublic: toHex(signer("keyring").signPublic), fields, statement: signScopeKey(signer("keyring"), fields) },
  ];
});

write("frame", () => {
  const executor = signer("exr_00000000000000000000");
  const request: FrameHeader = {
    v: 1,
    kind: "claim.request",
    subject: "sealrun.rpc.exr_00000000000000000000.claim",
    sender: executor.id,
    requestId: "req_00000000000000000000",
    time: 1_800_000_000_000,
    executionId: "exe_00000000000000000000",
    attempt: 1,
  };
  const reply: FrameHeader = {
    ...request,
    kind: "claim.reply",
    requestDigest: frameDigest(signFrame(executor, request, utf8("{}"))),
  };
  return [
    { header: request, body: "{}" },
    { header: reply, body: '{"ok":true}' },
    { header: request, body: "" },
  ].map(({ header, body }) => {
    const frame = signFrame(executor, header, utf8(body));
    return { signPublic: toHex(executor.signPublic), header, body, frame: toHex(frame), digest: frameDigest(frame) };
  });
});

write("fingerprint", () =>
  ["keyring", "other"].map((name) => ({
    signPublic: toHex(signer(name).signPublic),
    fingerprint: fingerprint(signer(name).signPublic),
  })),
);

write("key-check", () =>
  (["storage", "wrapping"] as const).map((kind) => {
    const key = rootKeyFromBytes(bytes(`${kind} root key`));
    const nonce = bytes(`${kind} nonce`).slice(0, 24);
    const stored = sealWithKeyAndNonce(key, keyCheckContext(kind), utf8("sealrun root key check"), nonce);
    return { kind, key: toHex(key.bytes), keyId: toHex(key.id), stored: toHex(stored) };
  }),
);

write("enrolment-proof", () => {
  const executor = pair("executor");
  const keyring = pair("keyring box");
  const claim = {
    tokenId: "enr_00000000000000000000",
    executorId: "exr_00000000000000000000",
    signPublic: signer("exr_00000000000000000000").signPublic,
    boxPublic: executor.publicKey,
  };
  const secretDigest = tokenSecretDigest(bytes("token secret"));
  return [
    {
      tokenId: claim.tokenId,
      executorId: claim.executorId,
      signPublic: toHex(claim.signPublic),
      executorPrivate: toHex(executor.privateKey),
      keyringPrivate: toHex(keyring.privateKey),
      secret: toHex(bytes("token secret")),
      proof: toHex(proveEnrolment(claim, secretDigest, executor.privateKey, keyring.publicKey)),
    },
  ];
});

function bytes(label: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(`sealrun vector: ${label}`).digest());
}

function pair(label: string): KeyPair {
  const privateKey = bytes(`${label} private`);
  return { publicKey: x25519Public(privateKey), privateKey };
}

function signer(id: string) {
  const signPrivate = bytes(`${id} seed`);
  return { id, signPublic: ed25519Public(signPrivate), signPrivate };
}

function write(name: string, make: () => unknown): void {
  writeFileSync(new URL(`${name}.json`, import.meta.url), `${JSON.stringify(make(), undefined, 2)}\n`);
}
