import { readdirSync, readFileSync } from "node:fs";
import nacl from "tweetnacl";
import { expect, test } from "vitest";
import {
  ed25519Public,
  ed25519Sign,
  ed25519Verify,
  randomBytes,
  x25519Public,
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
