import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type NatsConnection } from "nats";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Nats, type NatsLogin, startNats } from "../../../packages/cli/src/dev/nats.ts";
import { programs } from "../../support/servers.ts";

let dataFolder = "";
let nats: Nats;
const connections: NatsConnection[] = [];

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
  nats = await startNats({ programs: programs(), dataFolder, withAdmin: true });
});

afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
});

afterAll(async () => {
  await nats.stop();
  await rm(dataFolder, { recursive: true, force: true });
});

async function open(login: NatsLogin | undefined, inbox: string): Promise<NatsConnection> {
  const [user, pass] = [login?.user ?? "", login?.password ?? ""];
  const connection = await connect({ servers: nats.url, user, pass, inboxPrefix: inbox, reconnect: false });
  connections.push(connection);
  return connection;
}

/** The server's complaint about one publish or subscribe, or undefined when it had none. */
async function complaint(connection: NatsConnection, act: () => void): Promise<string | undefined> {
  const statuses = connection.status()[Symbol.asyncIterator]();
  const first = statuses.next();
  act();
  await connection.flush();
  const quiet = connection.flush().then(() => undefined);
  const status = await Promise.race([first, quiet]);
  return status === undefined || status.done === true ? undefined : JSON.stringify(status.value.data);
}

describe("startNats()", () => {
  test("startNats() listens on 127.0.0.1 alone and has JetStream", async () => {
    expect(nats.url).toMatch(/^nats:\/\/127\.0\.0\.1:\d+$/);
    const manager = await (await open(nats.platform, "_INBOX.platform")).jetstreamManager();
    await manager.streams.add({ name: "EXECUTIONS", subjects: ["sealrun.executions.>"] });
    expect((await manager.streams.info("EXECUTIONS")).config.storage).toBe("file");
  });

  test("startNats() refuses a connection without a password", async () => {
    await expect(connect({ servers: nats.url, reconnect: false })).rejects.toThrow("Authorization");
  });

  test("startNats() lets the keyring answer the platform", async () => {
    const keyring = await open(nats.keyring, "_INBOX.keyring");
    keyring.subscribe("sealrun.keyring.>", { callback: (_error, message) => void message.respond("yes") });
    await keyring.flush();
    const platform = await open(nats.platform, "_INBOX.platform");
    expect((await platform.request("sealrun.keyring.grant", "?")).string()).toBe("yes");
  });

  test.each([
    ["hear the keyring's requests", "sealrun.keyring.>"],
    ["hear the work queue", "sealrun.executions.>"],
    ["hear the platform's replies", "_INBOX.platform.>"],
    ["hear everything", ">"],
  ])("startNats() does not let an executor %s", async (_what, subject) => {
    const executor = await open(nats.executor, "_INBOX.exr.exr_test");
    expect(await complaint(executor, () => void executor.subscribe(subject, { callback: () => undefined }))).toMatch(
      /PERMISSIONS/i,
    );
  });

  test.each(["sealrun.keyring.grant", "sealrun.executions.pol_x", "$JS.API.STREAM.DELETE.EXECUTIONS", "_INBOX.exr.x"])(
    "startNats() does not let an executor publish to %s",
    async (subject) => {
      const executor = await open(nats.executor, "_INBOX.exr.exr_test");
      expect(await complaint(executor, () => executor.publish(subject, "x"))).toMatch(/PERMISSIONS/i);
    },
  );

  test("startNats() lets an executor send a request and hear its reply", async () => {
    const platform = await open(nats.platform, "_INBOX.platform");
    platform.subscribe("sealrun.rpc.*.claim", { callback: (_error, message) => void message.respond("granted") });
    await platform.flush();
    const executor = await open(nats.executor, "_INBOX.exr.exr_test");
    expect((await executor.request("sealrun.rpc.exr_test.claim", "?")).string()).toBe("granted");
  });

  test("startNats() writes passwords for the owner alone and none into its log", async () => {
    const folder = join(dataFolder, "nats");
    const files = (await readdir(folder)).filter((file) => file.includes("."));
    for (const file of files) expect((await stat(join(folder, file))).mode & 0o077, file).toBe(0);
    expect(await readFile(join(folder, "nats.log"), "utf8")).not.toContain(nats.platform.password);
  });

  test("startNats() names a port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const starting = startNats({ programs: programs(), dataFolder: join(dataFolder, "other"), port });
    await expect(starting).rejects.toMatchObject({
      code: "PORT_TAKEN",
      message: expect.stringContaining(String(port)),
    });
    server.close();
  });

  test("startNats() keeps streams and passwords from one start to the next", async () => {
    const folder = join(dataFolder, "kept");
    const first = await startNats({ programs: programs(), dataFolder: folder });
    await first.stop();
    const second = await startNats({ programs: programs(), dataFolder: folder });
    await second.stop();
    expect(second.executor).toEqual(first.executor);
  });
});
