import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportIdentity, generateIdentity, newId, toPublicIdentity } from "@sealrun/crypto";
import { readConfig } from "@sealrun/keyring";
import { encodeJson } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readIdentity, readPlatformIdentity } from "../../packages/keyring/src/config.ts";
import { rejectionOf } from "../support/refusal.ts";
import { writePrivate } from "../support/private-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-config-"));
});
afterAll(async () => rm(folder, { recursive: true }));

const login = { url: "nats://127.0.0.1:4222", user: "keyring", password: "hunter2-nats" };
const good = {
  platformId: newId("platform"),
  postgres: { host: "/run/pg", user: "keyring", password: "hunter2-pg", database: "keyring" },
  nats: login,
  wrappingKeyFile: "wrapping.key",
  identityFile: "/etc/sealrun/keyring.json",
  platformIdentityFile: "platform.json",
  executorNats: login,
  publicUrl: "https://sealrun.example",
};

test("readConfig() reads settings and finds relative files beside them", async () => {
  const file = await writePrivate(folder, "config.json", JSON.stringify(good));
  expect(await readConfig(file)).toEqual({
    ...good,
    wrappingKeyFile: join(folder, "wrapping.key"),
    platformIdentityFile: join(folder, "platform.json"),
    logLevel: "info",
  });
});

test("readConfig() names the file and the field that is wrong, and shows no password", async () => {
  const cases = [
    { change: { platformId: "me" }, field: "platformId" },
    {
      change: { nats: { ...login, url: 7 } },
      field: "Expected only text at url, jwt and seed, or at url, user and password at nats",
    },
    { change: { executorNats: undefined }, field: "either this or executorNats at natsAccountSeedFile" },
    { change: { natsAccountSeedFile: "seed" }, field: "either this or executorNats at natsAccountSeedFile" },
    { change: { publicUrl: "not a url" }, field: "publicUrl" },
    { change: { wrappingKeyFile: undefined }, field: "wrappingKeyFile" },
    { change: { logLevel: "loud" }, field: "logLevel" },
    { change: { publcUrl: "x" }, field: 'nknown field "publcUrl"; did you mean "publicUrl"?' },
    { change: { nats: { ...login, tls: true } }, field: 'nknown field "tls"' },
    { change: { postgres: { ...good.postgres, ssl: true } }, field: 'nknown field "ssl"' },
    { change: { natsJwtMs: 5_000 }, field: "beside executorNats, a login that does not expire at natsJwtMs" },
    { change: { executorNatsUrl: "nats://x" }, field: "beside executorNats, which has its own url at executorNatsUrl" },
  ];
  for (const { change, field } of cases) {
    const file = await writePrivate(folder, "config.json", JSON.stringify({ ...good, ...change }));
    const refusal = await rejectionOf(readConfig(file));
    expect(refusal.code).toBe("CONFIG_INVALID");
    expect(refusal.message).toContain(file);
    expect(refusal.message).toContain(field);
    expect(refusal.message).not.toContain("hunter2");
  }
});

test("readConfig() refuses a file that others can read", async () => {
  const file = await writePrivate(folder, "config.json", JSON.stringify(good));
  await chmod(file, 0o644);
  expect(await rejectionOf(readConfig(file))).toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("0644"),
  });
});

test("readConfig() refuses text that is not JSON and a folder", async () => {
  const file = await writePrivate(folder, "config.json", "{ hunter2");
  const refusal = await rejectionOf(readConfig(file));
  expect(refusal.code).toBe("CONFIG_INVALID");
  expect(refusal.message).not.toContain("hunter2");
  await mkdir(join(folder, "sub"), { mode: 0o700 });
  expect((await rejectionOf(readConfig(join(folder, "sub")))).code).toBe("CONFIG_INVALID");
});

test("readIdentity() accepts only the keyring's own identity", async () => {
  const own = generateIdentity("keyring");
  const ownFile = await writePrivate(folder, "keyring.json", exportIdentity(own));
  expect((await readIdentity({ identityFile: ownFile })).signPublic).toEqual(own.signPublic);
  const other = await writePrivate(folder, "other.json", exportIdentity(generateIdentity(good.platformId)));
  expect((await rejectionOf(readIdentity({ identityFile: other }))).code).toBe("CONFIG_INVALID");
});

test("readPlatformIdentity() accepts only the public identity of the configured platform", async () => {
  const { platformId } = await readConfig(await writePrivate(folder, "config.json", JSON.stringify(good)));
  for (const id of [platformId, newId("platform")]) {
    const file = await writePrivate(folder, "platform.json", encodeJson(toPublicIdentity(generateIdentity(id))));
    const reading = readPlatformIdentity({ platformId, platformIdentityFile: file });
    if (id === platformId) expect((await reading).id).toBe(id);
    else expect((await rejectionOf(reading)).code).toBe("CONFIG_INVALID");
  }
});
