import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import * as node from "../../../packages/crypto/src/primitives/seam.ts";
import * as web from "../../../packages/crypto/src/primitives/seam-web.ts";
import { fromHex, toHex } from "@sealrun/crypto";
import { smallOrder } from "../small-order.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
/** The order of the base point, as a number. */
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

test("seam-web.ts offers the names of seam.ts, and the package chooses it only in a browser", () => {
  expect(Object.keys(web).toSorted()).toEqual(Object.keys(node).toSorted());
  const manifest = readFileSync(new URL("../../../packages/crypto/package.json", import.meta.url), "utf8");
  expect(JSON.parse(manifest).imports).toEqual({
    "#seam": {
      browser: { "@sealrun/source": "./src/primitives/seam-web.ts", default: "./dist/primitives/seam-web.js" },
      "@sealrun/source": "./src/primitives/seam.ts",
      types: "./dist/primitives/seam.d.ts",
      default: "./dist/primitives/seam.js",
    },
  });
});

test("seam-web.ts gives the bytes of seam.ts for every key and message", () => {
  fc.assert(
    fc.property(bytes(32), bytes(32), fc.uint8Array({ maxLength: 300 }), (seed, other, message) => {
      expect(web.x25519Public(seed)).toEqual(node.x25519Public(seed));
      const otherPublic = node.x25519Public(other);
      expect(web.x25519Shared(seed, otherPublic)).toEqual(node.x25519Shared(seed, otherPublic));
      expect(web.hmacSha512(other, message)).toEqual(node.hmacSha512(other, message));
      const signPublic = node.ed25519Public(seed);
      expect(web.ed25519Public(seed)).toEqual(signPublic);
      const signature = node.ed25519Sign(seed, message);
      expect(web.ed25519Sign(seed, message)).toEqual(signature);
      expect(web.ed25519Verify(signPublic, message, signature)).toBe(true);
    }),
    { numRuns: 8 },
  );
});

test("x25519Send() of both seams gives the public half and the same result as x25519Shared()", () => {
  const [own, receiver] = [node.randomBytes(32), node.x25519Public(node.randomBytes(32))];
  const expected = { publicKey: node.x25519Public(own), shared: node.x25519Shared(own, receiver) };
  for (const seam of [node, web]) {
    // Twice: the receiver's key is parsed only the first time.
    for (let time = 0; time < 2; time += 1) expect(seam.x25519Send(own, receiver)).toEqual(expected);
  }
});

test("ed25519Verify() of both seams refuses every signature with a changed bit, message or key", () => {
  const verifyBoth = (...given: Parameters<typeof node.ed25519Verify>): readonly boolean[] => [
    node.ed25519Verify(...given),
    web.ed25519Verify(...given),
  ];
  fc.assert(
    fc.property(bytes(32), bytes(40), fc.nat({ max: 511 }), (seed, message, bit) => {
      const signPublic = node.ed25519Public(seed);
      const signature = node.ed25519Sign(seed, message);
      expect(verifyBoth(signPublic, message, withFlippedBit(signature, bit))).toEqual([false, false]);
      expect(verifyBoth(signPublic, withFlippedBit(message, bit % 320), signature)).toEqual([false, false]);
      const [ofNode, ofWeb] = verifyBoth(withFlippedBit(signPublic, bit % 256), message, signature);
      expect([ofNode, ofWeb]).toEqual([false, false]);
    }),
    { numRuns: 8 },
  );
});

test("ed25519Verify() of both seams answers false to a signature of another length", () => {
  const seed = node.randomBytes(32);
  const signPublic = node.ed25519Public(seed);
  const signature = node.ed25519Sign(seed, seed);
  for (const other of [new Uint8Array(0), signature.subarray(0, 63), Uint8Array.of(...signature, 0)]) {
    expect(node.ed25519Verify(signPublic, seed, other)).toBe(false);
    expect(web.ed25519Verify(signPublic, seed, other)).toBe(false);
  }
});

test("ed25519Verify() of both seams refuses a valid signature with the order added to its second half", () => {
  const seed = node.randomBytes(32);
  const signPublic = node.ed25519Public(seed);
  const signature = node.ed25519Sign(seed, seed);
  const half = asNumber(signature.subarray(32));
  expect(half < order).toBe(true);
  const other = Uint8Array.of(...signature.subarray(0, 32), ...asBytes(half + order));
  expect(node.ed25519Verify(signPublic, seed, other)).toBe(false);
  expect(web.ed25519Verify(signPublic, seed, other)).toBe(false);
});

test.each(smallOrder)("x25519Shared() of both seams does the same with %s", (hex) => {
  const privateKey = node.randomBytes(32);
  const [ofNode, ofWeb] = [node, web].map(({ x25519Shared }) => {
    try {
      return toHex(x25519Shared(privateKey, fromHex(hex)));
    } catch {
      return "throws";
    }
  });
  expect(ofWeb).toBe(ofNode);
});

test("x25519Shared() of both seams throws for a key of zeros", () => {
  const zeros = new Uint8Array(32);
  expect(() => node.x25519Shared(node.randomBytes(32), zeros)).toThrow();
  expect(() => web.x25519Shared(node.randomBytes(32), zeros)).toThrow(RangeError);
});

test("randomBytes() of seam-web.ts fills any length", () => {
  for (const length of [0, 1, 65_536, 65_537, 200_000]) {
    const random = web.randomBytes(length);
    expect(random).toHaveLength(length);
    expect(random.buffer.byteLength).toBe(length);
    if (length > 1000) expect(random.subarray(-1000).some((byte) => byte !== 0)).toBe(true);
  }
  expect(web.randomBytes(32)).not.toEqual(web.randomBytes(32));
});

function withFlippedBit(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
}

function asNumber(littleEndian: Uint8Array): bigint {
  return littleEndian.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function asBytes(value: bigint): readonly number[] {
  return Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}
