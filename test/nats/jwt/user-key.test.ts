import { nkeys } from "nats";
import { expect, test } from "vitest";
import { userKeyFrom } from "../../../packages/nats/src/jwt/user-key.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function newSecret(): string {
  return new TextDecoder().decode(nkeys.createAccount().getSeed());
}

test("userKeyFrom() makes a user's key that the library reads, signs and verifies with", () => {
  for (let count = 0; count < 16; count += 1) {
    const { id, seed } = userKeyFrom(newSecret(), "account", `name-${count}`);
    const read = nkeys.fromSeed(bytes(seed));
    expect(read.getPublicKey()).toBe(id);
    expect(new TextDecoder().decode(read.getSeed())).toBe(seed);
    expect(id).toMatch(/^U[A-Z2-7]{55}$/);
    expect(seed).toMatch(/^SU[A-Z2-7]{56}$/);
    expect(nkeys.fromPublic(id).verify(bytes("x"), read.sign(bytes("x")))).toBe(true);
  }
});

test("userKeyFrom() gives the same key again, and another one for each other secret or name", () => {
  const secrets = [newSecret(), newSecret()];
  const namings = [["a", "b"], ["a", "c"], ["d", "b"], ["a"]];
  const ids = secrets.flatMap((secret) => namings.map((names) => userKeyFrom(secret, ...names).id));
  expect(new Set(ids).size).toBe(8);
  expect(userKeyFrom(secrets[0] ?? "", "a", "b").id).toBe(ids[0]);
});

test("userKeyFrom() makes the keys that earlier releases made, or their logins could not be revoked", () => {
  const { id } = userKeyFrom(`SA${"A".repeat(56)}`, `A${"B".repeat(55)}`, "exr_0123456789abcdefghij");
  expect(id).toBe("UCA3YKXFWO66YTL73UCOOWIMVBUU7WB6R3Q565CGS6TQA762ALB5IKW5");
});
