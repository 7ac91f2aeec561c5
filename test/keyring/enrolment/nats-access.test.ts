import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "@sealrun/crypto";
import { createNatsAccount, keyringPermissions, mintUser, type NatsAccount, readUserJwt } from "@sealrun/nats";
import { executorId, type NatsCredentials, poolId } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KeyringConfig, keyringConfig } from "../../../packages/keyring/src/config.ts";
import { openNatsAccess } from "../../../packages/keyring/src/enrolment/nats-access.ts";
import { writePrivate } from "../../support/private-file.ts";
import { rejectionOf } from "../../support/refusal.ts";

const [executor, pool] = [executorId.parse(newId("executor")), poolId.parse(newId("pool"))];
const password = { url: "nats://127.0.0.1:4222", user: "all", password: "hunter2" };
let folder = "";
let account: NatsAccount;
let own: NatsCredentials;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-access-"));
  account = await createNatsAccount();
  const issuer = { accountId: account.account.id, signingSeed: account.signingSeed };
  const { jwt, seed } = await mintUser(issuer, { name: "keyring", permissions: keyringPermissions });
  own = { url: "nats://10.0.0.1:4222", jwt, seed };
});
afterAll(async () => rm(folder, { recursive: true }));

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
  test("openNatsAccess() mints a login of the keyring's own account, for as long as the settings say", async () => {
    const natsAccountSeedFile = await writePrivate(folder, "seed", `${account.signingSeed}\n`);
    const access = await openNatsAccess(configOf({ natsAccountSeedFile, natsJwtMs: 5_000 }));
    const before = Date.now();
    const { credentials, expiresAt } = await access.credentialsFor(executor, pool);
    if (!("jwt" in credentials)) throw new TypeError("expected a JWT");
    expect(readUserJwt(credentials.jwt)).toEqual({ accountId: account.account.id, expiresAt });
    expect(expiresAt).toBeGreaterThanOrEqual(before + 5_000);
    expect(credentials.url).toBe("nats://10.0.0.1:4222");
    const elsewhere = configOf({ natsAccountSeedFile, executorNatsUrl: "tls://nats.example:4222" });
    const other = await (await openNatsAccess(elsewhere)).credentialsFor(executor, pool);
    expect(other.credentials.url).toBe("tls://nats.example:4222");
  });

  test("openNatsAccess() hands out the shared password where the server knows no signed logins", async () => {
    const access = await openNatsAccess(configOf({ nats: password, executorNats: password }));
    expect(await access.credentialsFor(executor, pool)).toEqual({ credentials: password, expiresAt: null });
  });

  test("openNatsAccess() refuses a file that holds no seed, and a keyring without a login of the account", async () => {
    const wrong = await writePrivate(folder, "wrong", "hunter2-seed");
    const noSeed = await rejectionOf(openNatsAccess(configOf({ natsAccountSeedFile: wrong })));
    expect(noSeed).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(wrong) });
    expect(noSeed.message).not.toContain("hunter2");
    const natsAccountSeedFile = await writePrivate(folder, "seed", account.signingSeed);
    const noJwt = await rejectionOf(openNatsAccess(configOf({ nats: password, natsAccountSeedFile })));
    expect(noJwt).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining("natsAccountSeedFile") });
  });
});
