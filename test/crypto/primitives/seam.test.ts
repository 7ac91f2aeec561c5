import crypto from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { createBatchSealer, openBoxed, sealTo, sign, stateContext, toHex, verify } from "@sealrun/crypto";
import nacl from "tweetnacl";
import { expect, test } from "vitest";
import {
  ed25519Public,
  ed25519Sign,
  ed25519Verify,
  randomBytes,
  x25519Public,
  x25519Send,
  x25519Shared,
} from "../../../packages/crypto/src/primitives/seam.ts";

const sources = new URL("../../../packages/crypto/src/", import.meta.url);

test("seam.ts is the only file of the package that uses Node", () => {
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const usesNode = (name: string) => {
    const source = readFileSync(new URL(name, sources), "utf8");
    return /["']node:|\bBuffer\b|\bprocess\.|\brequire\(|\bglobalThis\b/.test(source);
  };
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter(usesNode)).toEqual(["primitives/seam.ts"]);
});

test("seam.ts gives tweetnacl's bytes, which a browser uses instead", () => {
  const seed = randomBytes(32);
  const other = randomBytes(32);
  const message = randomBytes(100);
  const pair = nacl.sign.keyPair.fromSeed(seed);
  expect(x25519Public(seed)).toEqual(nacl.scalarMult.base(seed));
  expect(x25519Shared(seed, x25519Public(other))).toEqual(nacl.scalarMult(seed, nacl.scalarMult.base(other)));
  expect(ed25519Public(seed)).toEqual(pair.publicKey);
  expect(ed25519Sign(seed, message)).toEqual(nacl.sign.detached(message, pair.secretKey));
  expect(ed25519Verify(pair.publicKey, message, nacl.sign.detached(message, pair.secretKey))).toBe(true);
});

test("seam.ts keeps parsed keys apart: by curve, by bytes, and for more keys than it keeps", () => {
  const message = randomBytes(20);
  const seeds = Array.from({ length: 1_100 }, () => randomBytes(32));
  const signed = seeds.map((seed) => ({ publicKey: ed25519Public(seed), signature: ed25519Sign(seed, message) }));
  const [first] = signed;
  for (let round = 0; round < 2; round += 1) {
    for (const { publicKey, signature } of signed) {
      expect(ed25519Verify(publicKey, message, signature)).toBe(true);
      expect(ed25519Verify(publicKey, message, first?.signature ?? signature)).toBe(publicKey === first?.publicKey);
    }
  }
  // The same bytes as a key of the other curve, and as bytes of their own.
  const [seed = randomBytes(32)] = seeds;
  const other = x25519Public(randomBytes(32));
  const shared = nacl.scalarMult(seed, other);
  for (const bytes of [seed, Uint8Array.from(seed)]) {
    expect(x25519Shared(bytes, other, true)).toEqual(shared);
    expect(x25519Shared(bytes, other, true)).toEqual(shared);
    expect(ed25519Sign(bytes, message)).toEqual(first?.signature);
  }
});

test("seam.ts keeps a public key by its bytes: one that was changed in place is another key", () => {
  const seed = randomBytes(32);
  const message = randomBytes(20);
  const publicKey = ed25519Public(seed);
  const signature = ed25519Sign(seed, message);
  expect(ed25519Verify(publicKey, message, signature)).toBe(true);
  publicKey.set(ed25519Public(randomBytes(32)));
  expect(ed25519Verify(publicKey, message, signature)).toBe(false);
});

test("seam.ts keeps no private key that is used once: its bytes may be wiped and used again", () => {
  const [own, other] = [randomBytes(32), x25519Public(randomBytes(32))];
  x25519Shared(own, other);
  x25519Send(own, other);
  own.fill(7);
  expect(x25519Shared(own, other)).toEqual(nacl.scalarMult(new Uint8Array(32).fill(7), other));
  expect(x25519Send(own, other).publicKey).toEqual(x25519Public(new Uint8Array(32).fill(7)));
});

test("seam.ts parses each key once, however often a part signs, verifies, opens and seals with it", () => {
  const seeds = [randomBytes(32), randomBytes(32)];
  const signers = seeds.map((seed) => ({ seed, publicKey: ed25519Public(seed) }));
  const boxes = [randomBytes(32), randomBytes(32)].map((privateKey) => ({
    privateKey,
    publicKey: x25519Public(privateKey),
  }));
  const context = stateContext({
    platformId: "plt_00000000000000000000",
    packageId: "pkg_00000000000000000000",
    key: "k",
  });
  const receiver = x25519Public(randomBytes(32));
  const parsed = countParses(() => {
    for (let time = 0; time < 50; time += 1) {
      const message = randomBytes(20);
      for (const { seed, publicKey } of signers) {
        const signature = sign(seed, message);
        // Each frame brings bytes of its own with the same key.
        expect(verify(Uint8Array.from(publicKey), message, signature)).toBe(true);
      }
      for (const box of boxes)
        expect(openBoxed(box, context, sealTo(box.publicKey, context, message))).toEqual(message);
      createBatchSealer(Uint8Array.from(receiver)).seal(context, message);
    }
  });
  const own = [
    ...signers.flatMap(({ seed, publicKey }) => [seed, publicKey]),
    ...boxes.map(({ privateKey }) => privateKey),
  ];
  const others = [...boxes.map(({ publicKey }) => publicKey), receiver];
  expect([...own, ...others].map((key) => parsed.get(toHex(key)))).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
  // Of the keys that are used once, each sealing has a private one, and each opening its public half.
  expect(parsed.size).toBe(9 + 150 + 100);
  expect(new Set(parsed.values())).toEqual(new Set([1]));
});

/** How often each raw key is parsed meanwhile, by its hexadecimal digits. What is derived from a parsed key is not counted. */
function countParses(work: () => void): ReadonlyMap<string, number> {
  const { createPrivateKey, createPublicKey } = crypto;
  const counts = new Map<string, number>();
  const note = (given: unknown): void => {
    const key = typeof given === "object" && given !== null && "key" in given ? given.key : undefined;
    if (!(key instanceof Uint8Array)) return;
    // Both forms of RFC 8410 end with the raw key.
    const raw = toHex(key.subarray(-32));
    counts.set(raw, (counts.get(raw) ?? 0) + 1);
  };
  Object.assign(crypto, {
    createPrivateKey: (...given: Parameters<typeof createPrivateKey>) => {
      note(given[0]);
      return createPrivateKey(...given);
    },
    createPublicKey: (...given: Parameters<typeof createPublicKey>) => {
      note(given[0]);
      return createPublicKey(...given);
    },
  });
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    Object.assign(crypto, { createPrivateKey, createPublicKey });
    syncBuiltinESMExports();
  }
  return counts;
}
