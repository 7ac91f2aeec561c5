import {
  concatBytes,
  frameDigest,
  type FrameExpectation,
  generateIdentity,
  lengthPrefixed,
  openFrame,
  readUnverifiedHeader,
  sha256Hex,
  sign,
  signFrame,
  utf8,
} from "@sealrun/crypto";
import type { FrameHeader } from "@sealrun/protocol";
import * as fc from "fast-check";
import { expect, test } from "vitest";
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
