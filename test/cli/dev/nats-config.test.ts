import { expect, test } from "vitest";
import { natsConfig } from "../../../packages/cli/src/dev/nats-config.ts";

const passwords = { platform: "p", keyring: "k", executor: "e" };
const folders = { storeFolder: '/data/a "quoted" folder', portsFolder: "/data/ports" };

test("natsConfig() names the given users alone, each with an allow-list", () => {
  const config = JSON.parse(natsConfig({ ...folders, port: 0, passwords }));
  const users: readonly { readonly user: string; readonly permissions: { readonly publish: readonly string[] } }[] =
    config.authorization.users;
  expect(users.map(({ user }) => user)).toEqual(["platform", "keyring", "executor"]);
  for (const { permissions } of users) expect(permissions.publish).not.toContain(">");
});

test("natsConfig() listens on 127.0.0.1, on a port of the server's choice for 0", () => {
  expect(JSON.parse(natsConfig({ ...folders, port: 0, passwords }))).toMatchObject({ host: "127.0.0.1", port: -1 });
  expect(JSON.parse(natsConfig({ ...folders, port: 4222, passwords }))).toMatchObject({ port: 4222 });
});

test("natsConfig() keeps a path with quotes whole", () => {
  const config = JSON.parse(natsConfig({ ...folders, port: 0, passwords }));
  expect(config.jetstream.store_dir).toBe(folders.storeFolder);
});
