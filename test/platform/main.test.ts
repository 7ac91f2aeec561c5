import { randomBytes } from "node:crypto";
import { chmod, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { start } from "@sealrun/platform";
import { platformInfo } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, refused, send } from "../support/api.ts";
import { prepareParts, startPlatform, type TestPlatform } from "../support/start-platform.ts";

const log = pino({ level: "silent" });
let parts: Awaited<ReturnType<typeof prepareParts>>;
beforeAll(async () => {
  parts = await prepareParts();
  await (await start(parts.config, { log })).close();
});
afterAll(async () => parts.remove());

describe("start()", () => {
  test("start() answers on the port it picked, and not after close()", async () => {
    const platform: TestPlatform = await startPlatform();
    const info = await ask(platform, platformInfo, ["GET", "/platform"]);
    expect(info).toMatchObject({ id: platform.platformId, keyring: { fingerprint: platform.fingerprint } });
    expect(await refused(send(platform, "GET", "/nothing/here"))).toMatchObject({ status: 404, code: "NOT_FOUND" });
    await platform.close();
    await expect(send(platform, "GET", "/platform")).rejects.toThrow();
  });

  test("start() takes the new admin token and forgets the one before", async () => {
    const platform = await start({ ...parts.config, adminTokenSha256: "0".repeat(64) }, { log });
    expect((await send({ url: platform.url, token: parts.token }, "GET", "/projects")).status).toBe(401);
    await platform.close();
    const again = await start(parts.config, { log });
    expect((await send({ url: again.url, token: parts.token }, "GET", "/projects")).status).toBe(200);
    await again.close();
  });

  test("start() refuses another storage key and names both key ids", async () => {
    const other = `${parts.config.storageKeyFile}.other`;
    await writeFile(other, randomBytes(32), { mode: 0o600 });
    const refusal = start({ ...parts.config, storageKeyFile: other }, { log });
    await expect(refusal).rejects.toMatchObject({
      code: "WRONG_ROOT_KEY",
      message: expect.stringMatching(/storage key [0-9a-f]{32}.*given key is [0-9a-f]{32}/),
    });
  });

  test("start() refuses a storage key that others can read, and one that is not there", async () => {
    const open = `${parts.config.storageKeyFile}.open`;
    await writeFile(open, randomBytes(32));
    await chmod(open, 0o640);
    await expect(start({ ...parts.config, storageKeyFile: open }, { log })).rejects.toMatchObject({
      code: "ROOT_KEY_UNREADABLE",
      message: expect.stringContaining("mode 0640"),
    });
    await expect(start({ ...parts.config, storageKeyFile: "/nowhere" }, { log })).rejects.toMatchObject({
      code: "ROOT_KEY_UNREADABLE",
      message: expect.stringContaining("/nowhere"),
    });
  });

  test("start() refuses the database of another platform", async () => {
    const other = await prepareParts();
    const config = { ...parts.config, platformId: other.platformId };
    await expect(start(config, { log })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining(parts.platformId),
    });
    await other.remove();
  });

  test("start() names the address of a database or NATS that cannot be reached", async () => {
    const postgres = { host: "127.0.0.1", port: 1, user: "u", password: "hunter2", database: "d" };
    await expect(start({ ...parts.config, postgres }, { log })).rejects.toMatchObject({
      code: "POSTGRES_UNREACHABLE",
      message: expect.stringMatching(/^(?!.*hunter2).*127\.0\.0\.1:1\/d/),
    });
    const nats = { url: "nats://127.0.0.1:1", user: "u", password: "hunter2" };
    await expect(start({ ...parts.config, nats }, { log })).rejects.toMatchObject({
      code: "NATS_UNREACHABLE",
      message: expect.stringMatching(/^(?!.*hunter2).*127\.0\.0\.1:1/),
    });
  });

  test("start() names a port that is taken", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    await expect(start({ ...parts.config, listen: { host: "127.0.0.1", port } }, { log })).rejects.toMatchObject({
      code: "PORT_TAKEN",
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
    server.close();
  });
});
