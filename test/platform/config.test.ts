import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "@sealrun/platform";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const good = {
  platformId: "plt_01234567890123456789",
  postgres: { host: "/run", user: "u", password: "hunter2", database: "d" },
  nats: { url: "nats://127.0.0.1:4222", user: "u", password: "hunter2" },
  storageKeyFile: "storage.key",
  identityFile: "/etc/identity.json",
  keyringIdentityFile: "keyring.json",
  adminTokenSha256: "a".repeat(64),
  listen: { host: "127.0.0.1", port: 0 },
  logLevel: "info",
};
let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-config-"));
  file = join(folder, "platform.json");
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

describe("readConfig()", () => {
  test("readConfig() resolves paths beside the file", async () => {
    await writeFile(file, JSON.stringify(good), { mode: 0o600 });
    expect(await readConfig(file)).toEqual({
      ...good,
      storageKeyFile: join(folder, "storage.key"),
      keyringIdentityFile: join(folder, "keyring.json"),
    });
  });

  test.each([
    ["a missing field", { ...good, listen: undefined }, "listen"],
    ["a wrong port", { ...good, listen: { host: "x", port: 70_000 } }, "listen.port"],
    ["an unknown field", { ...good, storagKeyFile: "x" }, "storagKeyFile"],
    ["a token instead of its digest", { ...good, adminTokenSha256: "sr_adm_hunter2" }, "adminTokenSha256"],
  ])("readConfig() names %s and no value", async (_what, config, place) => {
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    const refusal = readConfig(file);
    await expect(refusal).rejects.toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(place) });
    await expect(refusal).rejects.not.toThrow("hunter2");
  });

  test("readConfig() refuses a file that others can read", async () => {
    await writeFile(file, JSON.stringify(good));
    await chmod(file, 0o644);
    await expect(readConfig(file)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("chmod 600"),
    });
    await chmod(file, 0o600);
  });
});
