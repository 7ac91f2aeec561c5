import { createNatsAccount } from "@sealrun/nats";
import { expect, test } from "vitest";

/** What a JWT says, without its signature: the server checks that. */
function claimsOf(jwt: string) {
  return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
}

test("createNatsAccount() makes an account that forbids leaf nodes and bearer logins, signed by its operator", async () => {
  const made = await createNatsAccount();
  const [operator, account] = [claimsOf(made.operatorJwt), claimsOf(made.account.jwt)];
  expect(operator.nats.system_account).toBe(made.systemAccount.id);
  expect(account.iss).toBe(operator.sub);
  expect(account.sub).toBe(made.account.id);
  expect(account.nats.limits).toMatchObject({ leaf: 0, disallow_bearer: true, streams: -1, disk_storage: -1 });
  expect(account.nats.signing_keys).toHaveLength(1);
  expect(account.nats.signing_keys).not.toContain(made.account.id);
});
