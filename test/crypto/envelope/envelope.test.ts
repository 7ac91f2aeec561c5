import {
  createBatchSealer,
  equalBytes,
  generateScopeKey,
  openWithKey,
  openWithPrivateKey,
  randomBytes,
  readEnvelope,
  sealWithKey,
  secretContext,
  storedContext,
  type SymmetricKey,
  toHex,
  utf8,
} from "@sealrun/crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allContexts } from "../all-contexts.ts";
import { codeOf, flipped, inTheMiddle } from "../code-of.ts";

const context = secretContext({ platformId: "plt_1", scope: "service", ownerId: "svc", name: "DB_PASS" });
const key: SymmetricKey = { id: randomBytes(16), bytes: randomBytes(32) };
const pair = generateScopeKey();
const algorithms = [
  {
    name: "algorithm 1",
    keyIdAt: 6,
    nonceAt: 22,
    seal: (place: typeof context, text: Uint8Array) => sealWithKey(key, place, text),
    open: (place: typeof context, envelope: Uint8Array) => openWithKey(key, place, envelope),
    openWrongly: (envelope: Uint8Array) => openWithKey({ ...key, bytes: randomBytes(32) }, context, envelope),
  },
  {
    name: "algorithm 2",
    keyIdAt: 6,
    nonceAt: 54,
    seal: (place: typeof context, text: Uint8Array) => createBatchSealer(pair.publicKey).seal(place, text),
    open: (place: typeof context, envelope: Uint8Array) => openWithPrivateKey(pair, place, envelope),
    openWrongly: (envelope: Uint8Array) =>
      openWithPrivateKey({ ...pair, privateKey: randomBytes(32) }, context, envelope),
  },
];

describe.each(algorithms)("$name", ({ seal, open, openWrongly, keyIdAt, nonceAt }) => {
  test("open() undoes seal() for every plaintext, in views too", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (plaintext) => {
        const given = inTheMiddle(plaintext);
        expect(open(context, inTheMiddle(seal(context, given)))).toEqual(plaintext);
        expect(given).toEqual(plaintext);
      }),
      { numRuns: 50 },
    );
  });

  test("open() gives bytes in a new buffer", () => {
    const opened = open(context, seal(context, utf8("hunter2")));
    expect(opened.buffer.byteLength).toBe(7);
  });

  test("seal() reads Node's pooled buffers and reveals nothing of the bytes beside them", () => {
    expect(open(context, Buffer.from(seal(context, Buffer.from("hunter2"))))).toEqual(utf8("hunter2"));
  });

  test("seal() never gives the same bytes twice", () => {
    const sealed = Array.from({ length: 20 }, () => toHex(seal(context, utf8("same")).subarray(nonceAt)));
    expect(new Set(sealed).size).toBe(20);
  });

  test("seal() gives plaintexts of 0 to 63 bytes one length", () => {
    const lengths = [0, 1, 32, 63].map((length) => seal(context, new Uint8Array(length)).length);
    expect(new Set(lengths).size).toBe(1);
  });

  test("open() of an envelope with any byte changed says which part is wrong", () => {
    const envelope = seal(context, utf8("hunter2"));
    const boxAt = nonceAt + 24 + 32;
    for (let index = 0; index < envelope.length; index += 1) {
      const expected = index < keyIdAt ? "BAD_FORMAT" : index < boxAt ? "WRONG_KEY_OR_CONTEXT" : "TAMPERED";
      // Another bit for each byte; never the top bit of the ephemeral key's last byte, which is LOW_ORDER_KEY.
      const changed = flipped(envelope, index, 1 << (index % 8));
      expect(`${index} ${codeOf(() => open(context, changed))}`).toBe(`${index} ${expected}`);
    }
  });

  test("open() of an envelope cut or lengthened anywhere is TAMPERED or BAD_FORMAT", () => {
    const envelope = seal(context, utf8("hunter2"));
    const boxEnd = nonceAt + 24 + 32 + 16;
    for (let length = 0; length < envelope.length; length += 1) {
      const expected = length < boxEnd ? "BAD_FORMAT" : "TAMPERED";
      expect(codeOf(() => open(context, envelope.subarray(0, length)))).toBe(expected);
    }
    expect(codeOf(() => open(context, Uint8Array.of(...envelope, 0)))).toBe("TAMPERED");
  });

  test("open() with any other place is WRONG_KEY_OR_CONTEXT", () => {
    for (const sealedFor of allContexts) {
      const envelope = seal(sealedFor, utf8("hunter2"));
      for (const openedFor of allContexts) {
        const expected = sealedFor === openedFor ? "none" : "WRONG_KEY_OR_CONTEXT";
        expect(codeOf(() => open(openedFor, envelope))).toBe(expected);
      }
    }
  });

  test("open() sees a byte that moved from one part of the place to the next", () => {
    const shifted = secretContext({ platformId: "plt_1", scope: "service", ownerId: "svcD", name: "B_PASS" });
    expect(codeOf(() => open(shifted, seal(context, utf8("hunter2"))))).toBe("WRONG_KEY_OR_CONTEXT");
  });

  test("open() with another key of the same id is WRONG_KEY_OR_CONTEXT", () => {
    expect(codeOf(() => openWrongly(seal(context, utf8("hunter2"))))).toBe("WRONG_KEY_OR_CONTEXT");
  });

  test("open() returns a value or throws one of five codes for any bytes that start right", () => {
    const codes = ["BAD_FORMAT", "WRONG_KEY_OR_CONTEXT", "TAMPERED", "LOW_ORDER_KEY"];
    const start = seal(context, new Uint8Array(0)).slice(0, 22);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(codes).toContain(codeOf(() => open(context, Uint8Array.of(...start, ...bytes))));
      }),
    );
  });
});

test("openWithKey() and openWithPrivateKey() refuse each other's envelopes", () => {
  const inner = createBatchSealer(pair.publicKey).seal(context, utf8("hunter2"));
  const outer = sealWithKey(key, storedContext(context), inner);
  expect(codeOf(() => openWithKey(key, context, inner))).toBe("WRONG_KEY_OR_CONTEXT");
  expect(codeOf(() => openWithPrivateKey(pair, context, outer))).toBe("WRONG_KEY_OR_CONTEXT");
  expect(openWithPrivateKey(pair, context, openWithKey(key, storedContext(context), outer))).toEqual(utf8("hunter2"));
});

test("openWithKey() refuses a key of another id or length", () => {
  const envelope = sealWithKey(key, context, utf8("hunter2"));
  expect(codeOf(() => openWithKey({ ...key, id: randomBytes(16) }, context, envelope))).toBe("WRONG_KEY_OR_CONTEXT");
  expect(codeOf(() => openWithKey({ ...key, bytes: randomBytes(31) }, context, envelope))).toBe("BAD_FORMAT");
  expect(codeOf(() => sealWithKey({ ...key, bytes: randomBytes(31) }, context, utf8("x")))).toBe("BAD_FORMAT");
  expect(codeOf(() => sealWithKey({ ...key, id: randomBytes(15) }, context, utf8("x")))).toBe("BAD_FORMAT");
});

test("createBatchSealer() uses one ephemeral key for a sealing batch and another for the next", () => {
  const ephemeralOf = (envelope: Uint8Array) => {
    const parts = readEnvelope(envelope);
    return parts.algorithm === 2 ? toHex(parts.ephemeral) : "";
  };
  const sealer = createBatchSealer(pair.publicKey);
  const first = ephemeralOf(sealer.seal(context, utf8("a")));
  expect(ephemeralOf(sealer.seal(context, utf8("b")))).toBe(first);
  expect(ephemeralOf(createBatchSealer(pair.publicKey).seal(context, utf8("c")))).not.toBe(first);
});

test("sealWithKey() accepts 4 MiB", () => {
  const plaintext = new Uint8Array(4 * 1024 * 1024).fill(0x61);
  expect(equalBytes(openWithKey(key, context, sealWithKey(key, context, plaintext)), plaintext)).toBe(true);
});
