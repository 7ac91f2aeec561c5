import { createNatsAccounts, mintUser, readUserJwt } from "@sealrun/nats";
import { expect, test } from "vitest";
import { refusalOf } from "../../support/refusal.ts";

const permissions = { publish: ["a"], subscribe: ["b"] };

test("mintUser() gives every user a key of its own, and an end when it is given a life", async () => {
  const { executorAccount: account, executorSigningSeed } = await createNatsAccounts();
  const issuer = { accountId: account.id, signingSeed: executorSigningSeed };
  const before = Date.now();
  const short = await mintUser(issuer, { name: "x", permissions, lifetimeMs: 5_000 });
  const long = await mintUser(issuer, { name: "x", permissions });
  expect(short.seed).not.toBe(long.seed);
  expect(short.expiresAt).toBeGreaterThanOrEqual(before + 5_000);
  expect(short.expiresAt).toBeLessThanOrEqual(Date.now() + 6_000);
  expect(long.expiresAt).toBeNull();
  expect(readUserJwt(short.jwt)).toEqual({ accountId: account.id, expiresAt: short.expiresAt });
  expect(readUserJwt(long.jwt)).toEqual({ accountId: account.id, expiresAt: null });
});

test("readUserJwt() refuses what is no user's JWT, and does not repeat it", async () => {
  const { account } = await createNatsAccounts();
  for (const text of ["", "secret-text", "a.b.c", account.jwt]) {
    const refusal = refusalOf(() => readUserJwt(text));
    expect(refusal.code).toBe("CONFIG_INVALID");
    expect(refusal.message).not.toContain("secret-text");
  }
});
