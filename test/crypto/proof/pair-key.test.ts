import { createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from "node:crypto";
import { fromHex, generateIdentity, type Identity, pairKey, toHex } from "@sealrun/crypto";
import { expect, test } from "vitest";
import { codeOf } from "../code-of.ts";
import { smallOrder } from "../small-order.ts";

const executor = generateIdentity("exr_00000000000000000000");
const platform = generateIdentity("plt_00000000000000000000");
const side = ({ id, box }: Identity) => ({ id, boxPublic: box.publicKey });

/** The same key by another implementation: of the key that the two have, and of what names them. */
function byNode(own: Identity, peer: Identity): string {
  const der = (head: string, key: Uint8Array) => Buffer.concat([Buffer.from(head, "hex"), key]);
  const shared = diffieHellman({
    privateKey: createPrivateKey({
      key: der("302e020100300506032b656e04220420", own.box.privateKey),
      format: "der",
      type: "pkcs8",
    }),
    publicKey: createPublicKey({
      key: der("302a300506032b656e032100", peer.box.publicKey),
      format: "der",
      type: "spki",
    }),
  });
  const sides = [own, peer].toSorted((left, right) => (left.id < right.id ? -1 : 1));
  const names = sides.flatMap(({ id, box }) => [Buffer.from(id), Buffer.from(box.publicKey)]);
  const parts = names.flatMap((name) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(name.length);
    return [length, name];
  });
  const info = Buffer.concat([Buffer.from("sealrun/pair/v1\0"), ...parts]);
  return Buffer.from(hkdfSync("sha256", shared, Buffer.alloc(0), info, 32)).toString("hex");
}

test("pairKey() is the same on both sides, as another implementation has it, and again the same", () => {
  const key = pairKey(executor, side(platform));
  expect(toHex(key)).toBe(byNode(executor, platform));
  expect(pairKey(platform, side(executor))).toEqual(key);
  expect(pairKey(executor, side(platform))).toBe(key);
});

test("pairKey() is another key for another id or another pair of keys", () => {
  const keys = [
    pairKey(executor, side(platform)),
    pairKey({ ...executor, id: "exr_00000000000000000001" }, side(platform)),
    pairKey(executor, { ...side(platform), id: "plt_00000000000000000001" }),
    pairKey({ ...executor, box: generateIdentity(executor.id).box }, side(platform)),
    pairKey(executor, side(generateIdentity(platform.id))),
  ];
  expect(new Set(keys.map((key) => toHex(key))).size).toBe(keys.length);
});

test("pairKey() refuses a public key of low order, and a part with itself", () => {
  for (const boxPublic of smallOrder.map(fromHex)) {
    expect(codeOf(() => pairKey(executor, { id: platform.id, boxPublic }))).toBe("LOW_ORDER_KEY");
  }
  expect(() => pairKey(executor, side(executor))).toThrow(TypeError);
});

test("pairKey() keeps 1,000 keys and derives the others again", () => {
  const first = pairKey(executor, side(platform));
  for (let made = 0; made < 1_000; made += 1) {
    pairKey(executor, { id: `exr_${made}`, boxPublic: platform.box.publicKey });
  }
  const again = pairKey(executor, side(platform));
  expect(again).toEqual(first);
  expect(again).not.toBe(first);
});
