import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import {
  concatBytes,
  frameDigest,
  type FrameExpectation,
  generateIdentity,
  lengthPrefixed,
  openFrame,
  pairFrame,
  pairKey,
  readUnverifiedHeader,
  sha256Hex,
  sign,
  signFrame,
  utf8,
} from "@sealrun/crypto";
import type { FrameHeader } from "@sealrun/protocol";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { codeOf, flipped, inTheMiddle } from "../code-of.ts";

const executor = generateIdentity("exr_00000000000000000000");
const now = 1_800_000_000_000;
const header: FrameHeader = {
  v: 1,
  kind: "claim.request",
  subject: "sealrun.rpc.x.claim",
  sender: executor.id,
  requestId: "req_00000000000000000000",
  time: now,
};
const body = utf8('{"executionId":"exe_1"}');
const frame = signFrame(executor, header, body);
const wanted: FrameExpectation = {
  findKey: (id) => (id === executor.id ? executor.signPublic : undefined),
  expect: { kind: "claim.request", subject: "sealrun.rpc.x.claim" },
  now,
  maxAgeMs: 60_000,
  maxSkewMs: 5_000,
};

test("openFrame() gives header, body and digest, in a view too", () => {
  const opened = openFrame(inTheMiddle(frame), wanted);
  expect(opened).toEqual({ header, body, digest: sha256Hex(frame) });
  expect(frameDigest(frame)).toBe(opened.digest);
});

test("openFrame() keeps any body", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      expect(openFrame(signFrame(executor, header, bytes), wanted).body).toEqual(bytes);
    }),
    { numRuns: 50 },
  );
});

test("openFrame() refuses a frame with any byte changed", () => {
  const headerEnd = 4 + utf8(JSON.stringify(header)).length;
  for (let index = 0; index < frame.length; index += 1) {
    const isLength = index < 4 || (index >= headerEnd && index < headerEnd + 4);
    const inHeader = ["BAD_SIGNATURE", "MALFORMED", "UNKNOWN_SENDER"];
    const expected = isLength ? ["BAD_FORMAT", "MALFORMED"] : index < headerEnd ? inHeader : ["BAD_SIGNATURE"];
    expect(expected).toContain(codeOf(() => openFrame(flipped(frame, index, 1 << (index % 8)), wanted)));
  }
});

test("openFrame() refuses a frame cut or lengthened anywhere as BAD_FORMAT", () => {
  for (let length = 0; length < frame.length; length += 1) {
    expect(codeOf(() => openFrame(frame.subarray(0, length), wanted))).toBe("BAD_FORMAT");
  }
  expect(codeOf(() => openFrame(concatBytes(frame, Uint8Array.of(0)), wanted))).toBe("BAD_FORMAT");
});

test("openFrame() gives a code for any bytes, never another error", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (left, right) => {
      const laidOut = concatBytes(lengthPrefixed(left, right), new Uint8Array(64));
      expect(["BAD_FORMAT", "MALFORMED"]).toContain(codeOf(() => openFrame(left, wanted)));
      expect(["BAD_FORMAT", "MALFORMED"]).toContain(codeOf(() => openFrame(laidOut, wanted)));
    }),
  );
});

test("openFrame() refuses a header over 4 KiB before reading it", () => {
  const large = concatBytes(lengthPrefixed(utf8(" ".repeat(4097)), body), new Uint8Array(64));
  expect(codeOf(() => openFrame(large, wanted))).toBe("BAD_FORMAT");
});

test("openFrame() refuses a sender that it does not know, and one that signs as another", () => {
  const stranger = generateIdentity("exr_11111111111111111111");
  const unknown = signFrame(stranger, { ...header, sender: stranger.id }, body);
  expect(codeOf(() => openFrame(unknown, wanted))).toBe("UNKNOWN_SENDER");
  const impostor = signFrame({ ...stranger, id: executor.id }, header, body);
  expect(codeOf(() => openFrame(impostor, wanted))).toBe("BAD_SIGNATURE");
});

test("openFrame() refuses what is too old or from the future", () => {
  const at = (time: number) => codeOf(() => openFrame(signFrame(executor, { ...header, time }, body), wanted));
  expect(at(now - 60_000)).toBe("none");
  expect(at(now - 60_001)).toBe("EXPIRED");
  expect(at(now + 5_000)).toBe("none");
  expect(at(now + 5_001)).toBe("EXPIRED");
});

test("openFrame() refuses another kind as MALFORMED and another subject as REPLAYED", () => {
  const other = (expected: FrameExpectation["expect"]) =>
    codeOf(() => openFrame(frame, { ...wanted, expect: expected }));
  expect(other({ kind: "claim.request" })).toBe("none");
  expect(other({ kind: "claim.reply" })).toBe("MALFORMED");
  expect(other({ kind: "claim.request", subject: "sealrun.rpc.y.claim" })).toBe("REPLAYED");
});

test("openFrame() refuses a reply to another request, and one that names none", () => {
  const requestDigest = frameDigest(frame);
  const replyTo = (digest: string | undefined) =>
    signFrame(
      executor,
      { ...header, kind: "claim.reply", ...(digest === undefined ? {} : { requestDigest: digest }) },
      body,
    );
  const open = (reply: Uint8Array) =>
    codeOf(() => openFrame(reply, { ...wanted, expect: { kind: "claim.reply", requestDigest } }));
  expect(open(replyTo(requestDigest))).toBe("none");
  expect(open(replyTo(frameDigest(utf8("another request"))))).toBe("REPLAYED");
  expect(open(replyTo(undefined))).toBe("REPLAYED");
});

test("openFrame() judges nothing but the sender before the signature holds", () => {
  const old = flipped(signFrame(executor, { ...header, kind: "x", time: 0 }, body), frame.length - 30);
  expect(codeOf(() => openFrame(old, wanted))).toBe("BAD_SIGNATURE");
});

test("openFrame() refuses a signature over the same bytes without the label", () => {
  const content = lengthPrefixed(utf8(JSON.stringify(header)), body);
  expect(codeOf(() => openFrame(concatBytes(content, sign(executor.signPrivate, content)), wanted))).toBe(
    "BAD_SIGNATURE",
  );
});

test("openFrame() gives findKey the body for a frame that carries its own key", () => {
  const opened = openFrame(signFrame(executor, header, executor.signPublic), {
    ...wanted,
    findKey: (_, bytes) => bytes,
  });
  expect(opened.header.sender).toBe(executor.id);
});

test("signFrame() refuses to sign for another sender", () => {
  expect(() => signFrame(generateIdentity("plt_1"), header, body)).toThrow(TypeError);
});

test("readUnverifiedHeader() reads the sender of a frame whatever its signature", () => {
  expect(readUnverifiedHeader(flipped(frame, frame.length - 1)).sender).toBe(executor.id);
});

const platform = generateIdentity("plt_00000000000000000000");
const toPlatform = { id: platform.id, boxPublic: platform.box.publicKey };
const paired = pairFrame(executor, toPlatform, header, body);
const ofExecutor = pairKey(platform, { id: executor.id, boxPublic: executor.box.publicKey });
const wantedPaired: FrameExpectation = {
  ...wanted,
  findPairKey: (id) => (id === executor.id ? ofExecutor : undefined),
};

test("openFrame() opens a frame of a pair with its key, and a signed one beside it", () => {
  const opened = openFrame(paired, wantedPaired);
  expect(opened).toEqual({ header: { ...header, proof: "pair" }, body, digest: sha256Hex(paired) });
  expect(openFrame(frame, wantedPaired).header).toEqual(header);
});

test("openFrame() refuses a frame of a pair where only a signature is wanted, or with another's key", () => {
  const stranger = generateIdentity(executor.id);
  const key = pairKey(platform, { id: stranger.id, boxPublic: stranger.box.publicKey });
  for (const findPairKey of [undefined, () => undefined, () => key]) {
    expect(codeOf(() => openFrame(paired, findPairKey === undefined ? wanted : { ...wanted, findPairKey }))).toBe(
      "BAD_SIGNATURE",
    );
  }
  // What a part sent comes back to it.
  const own: FrameExpectation = { ...wanted, findPairKey: (id) => (id === platform.id ? ofExecutor : undefined) };
  expect(codeOf(() => openFrame(paired, own))).toBe("BAD_SIGNATURE");
});

test("openFrame() refuses a frame of a pair with any byte changed", () => {
  for (let index = 0; index < paired.length; index += 1) {
    const refused = ["BAD_SIGNATURE", "BAD_FORMAT", "MALFORMED", "UNKNOWN_SENDER"];
    expect(refused).toContain(codeOf(() => openFrame(flipped(paired, index, 1 << (index % 8)), wantedPaired)));
  }
});

test("openFrame() takes no signature for a MAC and no MAC for a signature", () => {
  const signedAsPair = signFrame(executor, { ...header, proof: "pair" }, body);
  expect(codeOf(() => openFrame(signedAsPair, wantedPaired))).toBe("BAD_SIGNATURE");
  const swapped = concatBytes(frame.subarray(0, -64), paired.subarray(-64));
  expect(codeOf(() => openFrame(swapped, wantedPaired))).toBe("BAD_SIGNATURE");
});

test("pairFrame() signs for no other sender", () => {
  expect(() => pairFrame(platform, { ...toPlatform, id: "keyring" }, header, body)).toThrow(TypeError);
});

/** How many signatures are checked from now on, until the test ends. */
function countChecks(): () => number {
  const { verify } = crypto;
  let checks = 0;
  const replace = (by: object): void => {
    Object.assign(crypto, { verify: by });
    syncBuiltinESMExports();
  };
  replace((...given: Parameters<typeof verify>) => {
    checks += 1;
    return verify(...given);
  });
  onTestFinished(() => replace(verify));
  return () => checks;
}

test("openFrame() checks the signature of the same bytes once, of each key by itself, and of a refused frame every time", () => {
  const fresh = signFrame(executor, header, utf8("checked once"));
  const checks = countChecks();
  for (let opened = 0; opened < 3; opened += 1) expect(openFrame(inTheMiddle(fresh), wanted).header).toEqual(header);
  expect(checks()).toBe(1);
  const stranger: FrameExpectation = { ...wanted, findKey: () => platform.signPublic };
  for (let tried = 0; tried < 2; tried += 1) expect(codeOf(() => openFrame(fresh, stranger))).toBe("BAD_SIGNATURE");
  expect(checks()).toBe(3);
  expect(codeOf(() => openFrame(flipped(fresh, fresh.length - 1, 1), wanted))).toBe("BAD_SIGNATURE");
  expect(checks()).toBe(4);
  // What a valid signature does not say is checked each time.
  expect(codeOf(() => openFrame(fresh, { ...wanted, now: now + 120_000 }))).toBe("EXPIRED");
  expect(checks()).toBe(4);
});

test("openFrame() keeps 1,000 valid frames and checks the others again", () => {
  const first = signFrame(executor, header, utf8("the first"));
  openFrame(first, wanted);
  for (let made = 0; made < 1_000; made += 1) openFrame(signFrame(executor, header, utf8(`frame ${made}`)), wanted);
  const checks = countChecks();
  openFrame(first, wanted);
  expect(checks()).toBe(1);
});
