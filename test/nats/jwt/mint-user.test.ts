import { nkeys } from "nats";
import { createNatsAccounts, mintUser, readUserJwt } from "@sealrun/nats";
import { expect, test } from "vitest";
import { userIdOf } from "../../../packages/nats/src/jwt/mint-user.ts";
import { refusalOf } from "../../support/refusal.ts";

const permissions = { publish: ["a"], subscribe: ["b"] };

test("mintUser() gives each name a key of its own, and an end to a user that is given a life", async () => {
  const { executorAccount: account, executorSigningSeed } = await createNatsAccounts();
  const issuer = { accountId: account.id, signingSeed: executorSigningSeed };
  const before = Date.now();
  const short = await mintUser(issuer, { name: "x", permissions, lifetimeMs: 5_000 });
  const long = await mintUser(issuer, { name: "x", permissions });
  const other = await mintUser(issuer, { name: "y", permissions });
  expect(short.seed).toBe(long.seed);
  expect(short.jwt).not.toBe(long.jwt);
  expect(other.seed).not.toBe(long.seed);
  expect(short.expiresAt).toBeGreaterThanOrEqual(before + 5_000);
  expect(short.expiresAt).toBeLessThanOrEqual(Date.now() + 6_000);
  expect(long.expiresAt).toBeNull();
  expect(readUserJwt(short.jwt)).toEqual({ accountId: account.id, expiresAt: short.expiresAt });
  expect(readUserJwt(long.jwt)).toEqual({ accountId: account.id, expiresAt: null });
});

test("userIdOf() names the key of every login of that name, also of those to come", async () => {
  const { executorAccount: account, executorSigningSeed } = await createNatsAccounts();
  const issuer = { accountId: account.id, signingSeed: executorSigningSeed };
  const id = userIdOf(issuer, "x");
  const { seed } = await mintUser(issuer, { name: "x", permissions, lifetimeMs: 5_000 });
  expect(nkeys.fromSeed(new TextEncoder().encode(seed)).getPublicKey()).toBe(id);
  expect(userIdOf({ ...issuer, signingSeed: `${executorSigningSeed.slice(0, -1)}X` }, "x")).not.toBe(id);
});

test("readUserJwt() refuses what is no user's JWT, and does not repeat it", async () => {
  const { account } = await createNatsAccounts();
  for (const text of ["", "secret-text", "a.b.c", account.jwt]) {
    const refusal = refusalOf(() => readUserJwt(text));
    expect(refusal.code).toBe("CONFIG_INVALID");
    expect(refusal.message).not.toContain("secret-text");
  }
});
