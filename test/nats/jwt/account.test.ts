import { nkeys } from "nats";
import { createNatsAccounts } from "@sealrun/nats";
import { expect, test } from "vitest";

/** What a JWT says, without its signature: the server checks that. */
function claimsOf(jwt: string) {
  return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
}

test("createNatsAccounts() makes accounts that forbid leaf nodes and bearer logins, signed by their operator", async () => {
  const made = await createNatsAccounts();
  const operator = claimsOf(made.operatorJwt);
  expect(operator.nats.system_account).toBe(made.systemAccount.id);
  for (const { id, jwt } of [made.systemAccount, made.account, made.executorAccount]) {
    const account = claimsOf(jwt);
    expect(account.iss).toBe(operator.sub);
    expect(account.sub).toBe(id);
    expect(account.nats.limits).toMatchObject({ leaf: 0, disallow_bearer: true });
  }
  expect(new Set([made.systemAccount.id, made.account.id, made.executorAccount.id]).size).toBe(3);
});

test("createNatsAccounts() gives streams to the platform's account, and a replaceable key to the executors'", async () => {
  const made = await createNatsAccounts();
  const [platform, executors] = [claimsOf(made.account.jwt).nats, claimsOf(made.executorAccount.jwt).nats];
  expect(platform.limits).toMatchObject({ streams: -1, disk_storage: -1, imports: 0 });
  expect(platform.signing_keys ?? []).toEqual([]);
  expect(executors.limits.disk_storage ?? 0).toBe(0);
  expect(executors.limits.exports).toBe(0);
  expect(executors.signing_keys).toHaveLength(1);
  expect(executors.signing_keys).not.toContain(made.executorAccount.id);
});

test("createNatsAccounts() gives what revokes executors, and a login that may only replace their account", async () => {
  const made = await createNatsAccounts();
  const { accountJwt, operatorSigningSeed, login } = made.revocation;
  expect(accountJwt).toBe(made.executorAccount.jwt);
  const operator = claimsOf(made.operatorJwt);
  const signingKey = nkeys.fromSeed(new TextEncoder().encode(operatorSigningSeed)).getPublicKey();
  expect(operator.nats.signing_keys).toEqual([signingKey]);
  expect(operator.sub).not.toBe(signingKey);
  const { nats, iss } = claimsOf(login.jwt);
  expect(iss).toBe(made.systemAccount.id);
  expect(nats.pub).toEqual({ allow: [`$SYS.REQ.ACCOUNT.${made.executorAccount.id}.CLAIMS.UPDATE`] });
  expect(nats.sub).toEqual({ allow: ["_INBOX.keyring.>"] });
});
