import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "@sealrun/crypto";
import { createNatsAccounts, keyringPermissions, mintUser, type NatsAccounts, readUserJwt } from "@sealrun/nats";
import { executorId, type NatsCredentials, poolId } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KeyringConfig, keyringConfig } from "../../../packages/keyring/src/config.ts";
import { openNatsAccess } from "../../../packages/keyring/src/enrolment/nats-access.ts";
import { writePrivate } from "../../support/private-file.ts";
import { rejectionOf } from "../../support/refusal.ts";

const [executor, pool] = [executorId.parse(newId("executor")), poolId.parse(newId("pool"))];
const password = { url: "nats://127.0.0.1:4222", user: "all", password: "hunter2" };
let folder = "";
let accounts: NatsAccounts;
let own: NatsCredentials;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-access-"));
  accounts = await createNatsAccounts();
  const issuer = { accountId: accounts.account.id, signingSeed: accounts.accountSeed };
  const { jwt, seed } = await mintUser(issuer, { name: "keyring", permissions: keyringPermissions });
  own = { url: "nats://10.0.0.1:4222", jwt, seed };
});
afterAll(async () => rm(folder, { recursive: true }));

/** As `sealrun nats-setup` writes it. */
async function writeIssuer(accountId: string, more: object = {}): Promise<string> {
  const content = { accountId, signingSeed: accounts.executorSigningSeed, ...more };
  return writePrivate(folder, "issuer", `${JSON.stringify(content)}\n`);
}

const broken = { revocation: { accountJwt: "a", operatorSigningSeed: "hunter2", login: {} } };

/** What a JWT says, without its signature. */
function claimsOf(jwt: string) {
  return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
}

function configOf(changes: object): KeyringConfig {
  return keyringConfig.parse({
    platformId: newId("platform"),
    postgres: { url: "postgres://x" },
    nats: own,
    wrappingKeyFile: "k",
    identityFile: "i",
    platformIdentityFile: "p",
    publicUrl: "http://127.0.0.1:1",
    ...changes,
  });
}

describe("openNatsAccess()", () => {
  test("openNatsAccess() mints a login of the executors' account, for as long as the settings say", async () => {
    const natsAccountSeedFile = await writeIssuer(accounts.executorAccount.id);
    const access = await openNatsAccess(configOf({ natsAccountSeedFile, natsJwtMs: 5_000 }));
    const before = Date.now();
    const { credentials, expiresAt } = await access.credentialsFor(executor, pool);
    if (!("jwt" in credentials)) throw new TypeError("expected a JWT");
    expect(readUserJwt(credentials.jwt)).toEqual({ accountId: accounts.executorAccount.id, expiresAt });
    expect(expiresAt).toBeGreaterThanOrEqual(before + 5_000);
    expect(credentials.url).toBe("nats://10.0.0.1:4222");
    const elsewhere = configOf({ natsAccountSeedFile, executorNatsUrl: "tls://nats.example:4222" });
    const other = await (await openNatsAccess(elsewhere)).credentialsFor(executor, pool);
    expect(other.credentials.url).toBe("tls://nats.example:4222");
  });

  test("openNatsAccess() hands out the shared password where the server knows no signed logins", async () => {
    const access = await openNatsAccess(configOf({ nats: password, executorNats: password }));
    expect(await access.credentialsFor(executor, pool)).toEqual({ credentials: password, expiresAt: null });
    expect(access.revoker).toBeUndefined();
  });

  test("openNatsAccess() refuses a file that holds something else, and a keyring without a signed login", async () => {
    const wrong = await writePrivate(folder, "wrong", "hunter2-seed");
    const noSeed = await rejectionOf(openNatsAccess(configOf({ natsAccountSeedFile: wrong })));
    expect(noSeed).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(wrong) });
    expect(noSeed.message).not.toContain("hunter2");
    const natsAccountSeedFile = await writeIssuer(accounts.executorAccount.id);
    const noJwt = await rejectionOf(openNatsAccess(configOf({ nats: password, natsAccountSeedFile })));
    expect(noJwt).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining("natsAccountSeedFile") });
  });

  test("openNatsAccess() mints logins that outlast an hour without a platform or a keyring", async () => {
    const natsAccountSeedFile = await writeIssuer(accounts.executorAccount.id);
    const before = Date.now();
    const access = await openNatsAccess(configOf({ natsAccountSeedFile }));
    const { expiresAt } = await access.credentialsFor(executor, pool);
    expect(expiresAt).toBeGreaterThanOrEqual(before + 3_600_000);
  });

  test("openNatsAccess() revokes logins that it mints, with what the set-up gave it", async () => {
    const { id } = accounts.executorAccount;
    const without = await openNatsAccess(configOf({ natsAccountSeedFile: await writeIssuer(id) }));
    expect(without.revoker).toBeUndefined();
    const natsAccountSeedFile = await writeIssuer(id, { revocation: accounts.revocation });
    const access = await openNatsAccess(configOf({ natsAccountSeedFile }));
    const { credentials } = await access.credentialsFor(executor, pool);
    if (!("jwt" in credentials)) throw new TypeError("expected a JWT");
    const madeUntil = new Date(Date.now() + 60_000);
    const account = (await access.revoker?.sign([{ name: executor, madeUntil }])) ?? "";
    expect(claimsOf(account).nats.revocations).toEqual({
      [claimsOf(credentials.jwt).sub]: Math.ceil(madeUntil.getTime() / 1_000),
    });
    const refusal = await rejectionOf(openNatsAccess(configOf({ natsAccountSeedFile: await writeIssuer(id, broken) })));
    expect(refusal.code).toBe("CONFIG_INVALID");
    expect(refusal.message).not.toContain("hunter2");
  });

  test("openNatsAccess() refuses the one account that platform, keyring and executors once shared", async () => {
    const seedAlone = await writePrivate(folder, "seed", `${accounts.executorSigningSeed}\n`);
    const shared = await writeIssuer(accounts.account.id);
    for (const natsAccountSeedFile of [seedAlone, shared]) {
      const refusal = await rejectionOf(openNatsAccess(configOf({ natsAccountSeedFile })));
      expect(refusal).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining("sealrun nats-setup") });
      expect(refusal.message).not.toContain(accounts.executorSigningSeed);
    }
  });
});
