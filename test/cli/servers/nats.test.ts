import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "@sealrun/crypto";
import { executorPermissions, mintUser, readUserJwt } from "@sealrun/nats";
import {
  executorId,
  inboxPrefix,
  type NatsCredentials,
  poolConsumer,
  type PoolId,
  poolId,
  subjects,
} from "@sealrun/protocol";
import {
  AckPolicy,
  connect,
  createInbox,
  type JetStreamManager,
  jwtAuthenticator,
  type NatsConnection,
  RetentionPolicy,
} from "nats";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Nats, startNats } from "../../../packages/cli/src/servers/nats.ts";
import { programs } from "../../support/servers.ts";
import { takeMessage } from "../../support/take-message.ts";
import { until } from "../../support/until.ts";

const [own, other] = [executorId.parse(newId("executor")), executorId.parse(newId("executor"))];
const [pool, otherPool] = [poolId.parse(newId("pool")), poolId.parse(newId("pool"))];
let dataFolder = "";
let nats: Nats;
const connections: NatsConnection[] = [];

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
  nats = await startNats({ programs: programs(), dataFolder });
  const manager = await (await open(nats.platform, "_INBOX.platform")).jetstreamManager();
  await manager.streams.add({
    name: "EXECUTIONS",
    subjects: [subjects.allExecutions],
    retention: RetentionPolicy.Workqueue,
  });
  await manager.streams.add({ name: "REPORTS", subjects: [subjects.allReports] });
  for (const each of [pool, otherPool]) await manager.consumers.add("EXECUTIONS", consumerOf(each));
});

afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
});

afterAll(async () => {
  await nats.stop();
  await rm(dataFolder, { recursive: true, force: true });
});

async function open(login: NatsCredentials, inbox: string): Promise<NatsConnection> {
  if (!("jwt" in login)) throw new TypeError("expected a JWT");
  const authenticator = jwtAuthenticator(login.jwt, new TextEncoder().encode(login.seed));
  const connection = await connect({ servers: nats.url, authenticator, inboxPrefix: inbox, reconnect: false });
  connections.push(connection);
  return connection;
}

async function issuerOf({ executorSigningFile }: Nats) {
  return z
    .object({ accountId: z.string(), signingSeed: z.string() })
    .parse(JSON.parse(await readFile(executorSigningFile, "utf8")));
}

/** An executor's login as the keyring makes one: with the signing key of the executors' account. */
async function openExecutor(): Promise<NatsConnection> {
  const user = { name: own, permissions: executorPermissions(own, pool), lifetimeMs: 60_000 };
  return open({ url: nats.url, ...(await mintUser(await issuerOf(nats), user)) }, inboxPrefix(own));
}

function consumerOf(each: PoolId) {
  return {
    durable_name: poolConsumer(each),
    ack_policy: AckPolicy.Explicit,
    filter_subject: subjects.executions(each),
  };
}

/** Publishes two messages of the pool and takes one; gives the subject that acknowledges the taken one. */
async function takeOne(platform: NatsConnection, from: PoolId): Promise<string> {
  for (const text of ["taken", "kept"]) await platform.jetstream().publish(subjects.executions(from), text);
  const inbox = createInbox("_INBOX.platform");
  const answers = platform.subscribe(inbox, { max: 1 });
  platform.publish(`$JS.API.CONSUMER.MSG.NEXT.EXECUTIONS.${poolConsumer(from)}`, "", { reply: inbox });
  for await (const { reply } of answers) return reply ?? "";
  return "";
}

/** The state of a pool's queue; throws when the stream or the queue does not exist. */
async function stateOf(manager: JetStreamManager, of: PoolId) {
  const { num_pending, num_ack_pending, delivered, ack_floor } = await manager.consumers.info(
    "EXECUTIONS",
    poolConsumer(of),
  );
  return { num_pending, num_ack_pending, delivered: delivered.consumer_seq, floor: ack_floor.consumer_seq };
}

/** The server's error about one publish or subscribe, or undefined without one. */
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
  test("startNats() listens only on 127.0.0.1 and has JetStream for the platform", async () => {
    expect(nats.url).toMatch(/^nats:\/\/127\.0\.0\.1:\d+$/);
    const manager = await (await open(nats.platform, "_INBOX.platform")).jetstreamManager();
    expect((await manager.streams.info("EXECUTIONS")).config.storage).toBe("file");
  });

  test("startNats() refuses a connection without a login, and one with a password", async () => {
    await expect(connect({ servers: nats.url, reconnect: false })).rejects.toThrow("Authorization");
    const password = connect({ servers: nats.url, user: "platform", pass: "platform", reconnect: false });
    await expect(password).rejects.toThrow("Authorization");
  });

  test("startNats() refuses a login that another account's key has signed", async () => {
    const folder = await mkdtemp(join(dataFolder, "foreign-"));
    const foreign = await startNats({ programs: programs(), dataFolder: folder });
    await foreign.stop();
    await expect(open(foreign.platform, "_INBOX.platform")).rejects.toThrow("Authorization");
    const { signingSeed } = await issuerOf(foreign);
    const user = { name: own, permissions: executorPermissions(own, pool) };
    // The executors' own key does not sign for the account of the platform either.
    for (const issuer of [
      { ...(await issuerOf(nats)), signingSeed },
      { ...(await issuerOf(nats)), accountId: readUserJwt(nats.platform.jwt).accountId },
    ]) {
      const forged = { url: nats.url, ...(await mintUser(issuer, user)) };
      await expect(open(forged, inboxPrefix(own))).rejects.toThrow("Authorization");
    }
  });

  test("startNats() refuses a login without the seed of its key", async () => {
    const stolen = { url: nats.url, jwt: nats.platform.jwt, seed: nats.keyring.seed };
    await expect(open(stolen, "_INBOX.platform")).rejects.toThrow("Authorization");
  });

  test("startNats() lets the keyring answer the platform", async () => {
    const keyring = await open(nats.keyring, "_INBOX.keyring");
    keyring.subscribe("sealrun.keyring.>", { callback: (_error, message) => void message.respond("yes") });
    await keyring.flush();
    const platform = await open(nats.platform, "_INBOX.platform");
    expect((await platform.request("sealrun.keyring.grant", "?")).string()).toBe("yes");
  });

  test("startNats() lets an executor take work of its pool, report to every platform that listens, and ask the platform", async () => {
    const platform = await open(nats.platform, "_INBOX.platform");
    platform.subscribe("sealrun.rpc.*.claim", { callback: (_error, message) => void message.respond("granted") });
    await platform.jetstream().publish(subjects.executions(pool), "work");
    const executor = await openExecutor();
    const message = await takeMessage(
      { connection: executor, close: async () => undefined },
      pool,
      AbortSignal.timeout(20_000),
    );
    expect(Buffer.from(message?.frame ?? "").toString()).toBe("work");
    message?.done();
    const reports = platform.subscribe(subjects.reports(own), { max: 1 });
    await platform.flush();
    expect((await executor.jetstream().publish(subjects.reports(own), "log")).stream).toBe("REPORTS");
    for await (const each of reports) expect(each.string()).toBe("log");
    expect((await executor.request(subjects.rpc(own, "claim"), "?")).string()).toBe("granted");
    const control = executor.subscribe(subjects.control(own), { max: 1 });
    await executor.flush();
    platform.publish(subjects.control(own), "cancel");
    for await (const each of control) expect(each.string()).toBe("cancel");
    const manager = await platform.jetstreamManager();
    await until(async () => ((await stateOf(manager, pool)).num_ack_pending === 0 ? true : undefined));
  });

  test.each([
    ["hear the keyring's requests", "sealrun.keyring.>"],
    ["hear the work queue", "sealrun.executions.>"],
    ["hear its own pool's queue past the consumer", subjects.executions(pool)],
    ["hear the platform's replies", "_INBOX.platform.>"],
    ["hear another executor's replies", `${inboxPrefix(other)}.>`],
    ["hear every executor's replies", "_INBOX.exr.>"],
    ["hear another executor's control", subjects.control(other)],
    ["hear another executor's requests", `sealrun.rpc.${other}.*`],
    ["hear everything", ">"],
  ])("startNats() does not let an executor %s", async (_what, subject) => {
    const executor = await openExecutor();
    expect(await complaint(executor, () => void executor.subscribe(subject, { callback: () => undefined }))).toMatch(
      /PERMISSIONS/i,
    );
  });

  test.each([
    "sealrun.keyring.grant",
    subjects.executions(pool),
    subjects.rpc(other, "claim"),
    subjects.reports(other),
    subjects.control(own),
    inboxPrefix(own),
    "$JS.API.INFO",
    "$JS.API.STREAM.INFO.EXECUTIONS",
    "$JS.API.STREAM.DELETE.EXECUTIONS",
    "$JS.API.STREAM.MSG.GET.EXECUTIONS",
    `$JS.API.CONSUMER.DELETE.EXECUTIONS.${poolConsumer(pool)}`,
    `$JS.API.CONSUMER.MSG.NEXT.EXECUTIONS.${poolConsumer(otherPool)}`,
    `$JS.API.CONSUMER.INFO.EXECUTIONS.${poolConsumer(pool)}`,
    "_R_.x",
    `$JS.ACK.EXECUTIONS.${poolConsumer(otherPool)}.1.1.1.1.0`,
    "$SYS.REQ.SERVER.PING",
  ])("startNats() does not let an executor publish to %s", async (subject) => {
    const executor = await openExecutor();
    expect(await complaint(executor, () => executor.publish(subject, "x"))).toMatch(/PERMISSIONS/i);
  });

  describe("startNats() when an answer is sent elsewhere", () => {
    const victim = poolId.parse(newId("pool"));
    /** Of this pool: a number that no message has. */
    const acknowledgement = `$JS.ACK.EXECUTIONS.${poolConsumer(pool)}.1.999999.999999.1.0`;
    test.each([
      ["wait for work", `$JS.API.CONSUMER.MSG.NEXT.EXECUTIONS.${poolConsumer(pool)}`],
      ["acknowledgement", acknowledgement],
      ["report", subjects.reports(own)],
      ["question", subjects.rpc(own, "claim")],
    ])("startNats() lets no %s reach another part or JetStream with its answer", async (_name, request) => {
      const platform = await open(nats.platform, "_INBOX.platform");
      const manager = await platform.jetstreamManager();
      await manager.consumers.add("EXECUTIONS", consumerOf(victim));
      const elsewhere = [
        "$JS.API.STREAM.DELETE.EXECUTIONS",
        "$JS.API.STREAM.PURGE.EXECUTIONS",
        `$JS.API.CONSUMER.DELETE.EXECUTIONS.${poolConsumer(victim)}`,
        `$JS.API.CONSUMER.MSG.NEXT.EXECUTIONS.${poolConsumer(victim)}`,
        `$JS.API.CONSUMER.INFO.EXECUTIONS.${poolConsumer(victim)}`,
        await takeOne(platform, victim),
        "sealrun.keyring.grant",
        subjects.executions(victim),
        subjects.rpc(other, "claim"),
        subjects.reports(other),
        "_INBOX.platform.x",
      ];
      // One for each request, and one is left.
      for (let sent = 0; sent <= elsewhere.length; sent += 1) {
        await platform.jetstream().publish(subjects.executions(pool), "work");
      }
      const heard: string[] = [];
      platform.subscribe(subjects.rpc(own, "claim"), { callback: (_error, message) => void message.respond("") });
      for (const subject of [
        "sealrun.keyring.>",
        "sealrun.executions.>",
        `sealrun.*.${other}.>`,
        "_INBOX.platform.x",
      ]) {
        platform.subscribe(subject, { callback: (_error, message) => void heard.push(message.subject) });
      }
      const before = await stateOf(manager, victim);
      const executor = await openExecutor();
      for (const reply of elsewhere) {
        executor.publish(request, JSON.stringify({ batch: 1, no_wait: true }), { reply });
        executor.publish(request, "", { reply });
      }
      // The server answers in order, and still runs.
      expect((await executor.jetstream().publish(subjects.reports(own), "last")).stream).toBe("REPORTS");
      expect((await executor.request(subjects.rpc(own, "claim"), "?")).string()).toBe("");
      expect(await stateOf(manager, victim)).toEqual(before);
      expect(heard).toEqual([]);
      await manager.streams.purge("EXECUTIONS");
    });
  });

  test("startNats() writes secrets only for the owner, and no seed into the server's files", async () => {
    const folder = join(dataFolder, "nats");
    const files = [
      ...(await readdir(folder)).filter((file) => file.includes(".")).map((file) => join(folder, file)),
      ...(await readdir(join(folder, "account"))).map((file) => join(folder, "account", file)),
    ];
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) expect((await stat(file)).mode & 0o077, file).toBe(0);
    const seeds = [nats.platform.seed, nats.keyring.seed, (await issuerOf(nats)).signingSeed];
    for (const file of ["nats.log", "nats.conf"]) {
      const text = await readFile(join(folder, file), "utf8");
      for (const seed of seeds) expect(text).not.toContain(seed);
    }
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

  test("startNats() keeps the account from one start to the next, and removes the passwords of earlier releases", async () => {
    const folder = join(dataFolder, "kept");
    await mkdir(join(folder, "nats"), { recursive: true, mode: 0o700 });
    await writeFile(join(folder, "nats", "executor.password"), "old", { mode: 0o600 });
    const first = await startNats({ programs: programs(), dataFolder: folder });
    await first.stop();
    const second = await startNats({ programs: programs(), dataFolder: folder });
    await second.stop();
    expect(second.keyring.jwt).toBe(first.keyring.jwt);
    expect(await readdir(join(folder, "nats"))).not.toContain("executor.password");
  });

  test("startNats() replaces the account of before executors had their own, and its streams", async () => {
    const folder = join(dataFolder, "outdated");
    const first = await startNats({ programs: programs(), dataFolder: folder });
    await first.stop();
    const file = join(folder, "nats", "account", "account.json");
    const { executorAccount: _, ...old } = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify(old));
    const streams = join(folder, "nats", "jetstream", "jetstream", "OLD", "streams");
    await mkdir(streams, { recursive: true });
    const second = await startNats({ programs: programs(), dataFolder: folder });
    await second.stop();
    expect(readUserJwt(second.platform.jwt).accountId).not.toBe(readUserJwt(first.platform.jwt).accountId);
    expect((await issuerOf(second)).accountId).not.toBe(readUserJwt(second.platform.jwt).accountId);
    await expect(stat(streams)).rejects.toThrow("ENOENT");
  });

  test("startNats() replaces the accounts of before executors' logins could be revoked", async () => {
    const folder = join(dataFolder, "without-revocation");
    const first = await startNats({ programs: programs(), dataFolder: folder });
    await first.stop();
    const { revocation: _, ...old } = JSON.parse(await readFile(first.executorSigningFile, "utf8"));
    await writeFile(first.executorSigningFile, JSON.stringify(old));
    const second = await startNats({ programs: programs(), dataFolder: folder });
    await second.stop();
    expect((await issuerOf(second)).accountId).not.toBe(old.accountId);
    expect(JSON.parse(await readFile(second.executorSigningFile, "utf8"))).toHaveProperty("revocation.login");
  });

  test("startNats() makes the account again when its making was cut short, and refuses an incomplete one", async () => {
    const folder = join(dataFolder, "cut");
    await mkdir(join(folder, "nats", "account.new"), { recursive: true, mode: 0o700 });
    await (await startNats({ programs: programs(), dataFolder: folder })).stop();
    await rm(join(folder, "nats", "account", "platform-nats.json"));
    await expect(startNats({ programs: programs(), dataFolder: folder })).rejects.toMatchObject({
      code: "DATA_FOLDER_UNUSABLE",
    });
  });
});
