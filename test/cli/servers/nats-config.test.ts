import { createNatsAccounts } from "@sealrun/nats";
import { beforeAll, expect, test } from "vitest";
import { natsConfig } from "../../../packages/cli/src/servers/nats-config.ts";

const settings = { host: "127.0.0.1", storeFolder: '/data/a "quoted" folder', portsFolder: "/data/ports" };
let account: Awaited<ReturnType<typeof createNatsAccounts>>;
beforeAll(async () => void (account = await createNatsAccounts()));

test("natsConfig() has the operator, all accounts, and no seed", () => {
  const text = natsConfig({ ...settings, port: 0 }, account);
  expect(JSON.parse(text)).toMatchObject({
    operator: account.operatorJwt,
    system_account: account.systemAccount.id,
    resolver: { type: "full", dir: `${settings.storeFolder}/accounts`, allow_delete: false },
    resolver_preload: {
      [account.systemAccount.id]: account.systemAccount.jwt,
      [account.account.id]: account.account.jwt,
      [account.executorAccount.id]: account.executorAccount.jwt,
    },
  });
  const { operatorSigningSeed, login } = account.revocation;
  const secrets = [account.operatorSeed, account.accountSeed, account.executorSigningSeed];
  for (const seed of [...secrets, operatorSigningSeed, login.seed, login.jwt]) {
    expect(text).not.toContain(seed);
  }
});

test("natsConfig() listens on the given host, and for port 0 on one that the server chooses", () => {
  expect(JSON.parse(natsConfig({ ...settings, port: 0 }, account))).toMatchObject({ host: "127.0.0.1", port: -1 });
  expect(JSON.parse(natsConfig({ ...settings, port: 4222 }, account))).toMatchObject({ port: 4222 });
});

test("natsConfig() keeps a path with quotes whole", () => {
  const config = JSON.parse(natsConfig({ ...settings, port: 0 }, account));
  expect(config.jetstream.store_dir).toBe(settings.storeFolder);
});
