/*
 * Writes the vectors beside it: `npx node --conditions=@sealrun/source test/vectors/make.ts`. All inputs are fixed, so
 * that running it changes nothing unless the form did; `test/crypto/vectors.test.ts` reads them with other libraries,
 * and the test files of both SDKs and of the executor read `script-frame.json`.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { type FrameHeader, platformId } from "@sealrun/protocol";
import { encodeFrame } from "../../executor/src/channel/frames.ts";
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
import { frameDigest, pairFrame, signFrame } from "../../packages/crypto/src/proof/frame.ts";
import { pairKey } from "../../packages/crypto/src/proof/pair-key.ts";
import { stateBox } from "../../packages/crypto/src/proof/stated-box.ts";
import { toHex } from "../../packages/crypto/src/bytes/hex.ts";
import { rootKeyFromBytes } from "../../packages/crypto/src/keys/key-check.ts";
import type { Identity } from "../../packages/crypto/src/keys/identity.ts";
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

write("pair-frame", () => {
  const parts = {
    platform: identity(platform),
    keyring: identity("keyring"),
    executor: identity("exr_00000000000000000000"),
  };
  const made: readonly (readonly [from: Identity, to: Identity, kind: string, subject: string, body: string])[] = [
    [parts.executor, parts.platform, "renew.request", `sealrun.rpc.${parts.executor.id}.renew`, '{"attempts":[]}'],
    [parts.platform, parts.executor, "renew.reply", `sealrun.rpc.${parts.executor.id}.renew`, '{"ok":true}'],
    [parts.platform, parts.keyring, "end.request", "sealrun.keyring.end", ""],
  ];
  return made.map(([from, to, kind, subject, body]) => {
    const header: FrameHeader = {
      v: 1,
      kind,
      subject,
      sender: from.id,
      requestId: "req_00000000000000000000",
      time: 1_800_000_000_000,
      ...stateBox(from),
    };
    const peer = { id: to.id, boxPublic: to.box.publicKey };
    return {
      sender: { id: from.id, signPublic: toHex(from.signPublic), boxPrivate: toHex(from.box.privateKey) },
      receiver: { id: to.id, boxPrivate: toHex(to.box.privateKey) },
      key: toHex(pairKey(from, peer)),
      header: { ...header, proof: "pair" },
      body,
      frame: toHex(pairFrame(from, peer, header, utf8(body))),
    };
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

write("script-frame", () => ({ frames: scriptFrames(), broken: brokenScriptFrames() }));

/** Frames of the script's channel, requests and replies: `bytes` are exactly those of `head` and `raw`. */
function scriptFrames(): readonly object[] {
  const text = "p\u00e4ss\u{1f511}\u2028\0\"\\\n";
  const frames: readonly (readonly [name: string, head: object, raw?: Uint8Array])[] = [
    ["an empty head", {}],
    ["a request without a value", { op: "context", id: "1" }],
    ["a request for a secret", { op: "get", id: "41.0.2", name: "DB_PASS" }],
    ["a request for a raw value", { op: "param", id: "3", name: "l\u00e4nge", raw: true }],
    ["a request with a JSON value", { op: "set", id: "4", name: "A", scope: "project", value: [text, 1.5, null, {}] }],
    ["a request with a raw text", { op: "set", id: "5", name: "A", scope: "project", raw: true }, utf8(text)],
    ["a request with raw JSON", { op: "result", id: "6", raw: true, json: true }, utf8('{"rows": 3}\n')],
    ["a request with an empty raw value", { op: "state.put", id: "7", key: "k", raw: true }, utf8("")],
    ["a raw value that looks like a frame", { op: "log", id: "8", level: "info", raw: true }, utf8("2\n{}\n2\n{}")],
    ["a raw value that is not UTF-8", { op: "log", id: "9", level: "error", raw: true }, Uint8Array.of(0, 10, 255)],
    ["a length of four digits", { op: "log", id: "10", level: "debug", raw: true }, utf8("x".repeat(1_500))],
    ["a reply with a value", { id: "1", ok: true, found: true, value: { a: [1, -2, true, ""], "": text } }],
    ["a reply without a value", { id: "2", ok: true, found: false, value: null }],
    ["a reply with a raw value", { id: "3", ok: true, found: true, raw: true }, utf8("hunter2\n")],
    ["a reply to a set", { id: "4", ok: true, scope: "project", version: 2, shadowedBy: "service" }],
    ["a refusal", { id: "5", ok: false, code: "SCOPE_NOT_WRITABLE", message: "Expected project or platform" }],
  ];
  return frames.map(([name, head, raw]) => ({
    name,
    head,
    ...(raw === undefined ? {} : { raw: toBase64(raw) }),
    bytes: toBase64(encodeFrame(head, raw)),
  }));
}

/** Bytes that are not a frame, with the code that each side refuses them with; null where that side does not refuse. */
function brokenScriptFrames(): readonly object[] {
  const code = "CHANNEL_BROKEN";
  const broken: readonly (readonly [name: string, text: string, executor: string | null, sdk: string | null])[] = [
    ["no length", "\n{}", code, code],
    ["a length of letters", "x2\n{}", code, code],
    ["a negative length", "-1\n{}", code, code],
    ["a length in exponent form", "1e1\n{}", code, code],
    ["a space before the newline", "2 \n{}", code, code],
    ["a carriage return before the newline", "2\r\n{}", code, code],
    ["a length of eleven digits", "12345678901\n{}", code, code],
    ["a body of no bytes", "0\n", code, code],
    ["a head that is not JSON", "7\nhunter2", code, code],
    ["a head that is cut", '8\n{"id":"1', code, code],
    ["a leading zero", "02\n{}", code, null],
    ["a length over the executor's limit", "8388609\n", code, null],
    ["a head without an id", '15\n{"op":"result"}', code, null],
  ];
  return broken.map(([name, text, executor, sdk]) => ({ name, bytes: toBase64(utf8(text)), executor, sdk }));
}

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

function identity(id: string): Identity {
  return { ...signer(id), box: pair(`${id} box`) };
}

function write(name: string, make: () => unknown): void {
  writeFileSync(new URL(`${name}.json`, import.meta.url), `${JSON.stringify(make(), undefined, 2)}\n`);
}
