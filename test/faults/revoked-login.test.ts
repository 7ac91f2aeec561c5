import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { keyringConfig, revokeExecutor } from "@sealrun/keyring";
import { decode, executorId, inboxPrefix, natsCredentials, poolConsumer, poolId } from "@sealrun/protocol";
import { connect, createInbox, jwtAuthenticator, type NatsConnection } from "nats";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Cluster, type ClusterPart, startCluster } from "../support/cluster.ts";
import { programs } from "../support/servers.ts";
import { until } from "../support/until.ts";

const timeout = 240_000;
/** What a revoked executor's login may still be good for. */
const maxMs = 60_000;

let cluster: Cluster;
let connections: NatsConnection[] = [];
beforeAll(async () => {
  cluster = await startCluster({
    programs: programs(),
    natsMode: "operator",
    natsJwtMs: 3_600_000,
    platforms: 1,
    executors: 1,
    limits: {},
  });
  await cluster.pushScript("quick", "sealrun-context get DB_PASS >/dev/null");
  await cluster.pushScript("hold", "say hold");
});
afterEach(async () => {
  for (const connection of connections) await connection.close();
  connections = [];
});
afterAll(async () => cluster.close());

const state = z.object({
  identity: z.object({ id: executorId }),
  pool: z.object({ id: poolId }),
  nats: natsCredentials,
});

/** What a thief has of an executor: its state file, copied. */
async function steal(part: ClusterPart): Promise<z.infer<typeof state>> {
  return decode(state, await readFile(join(cluster.folder, part.name, "state.json")));
}

async function logIn({ identity, nats }: z.infer<typeof state>): Promise<NatsConnection> {
  if (!("jwt" in nats)) throw new TypeError("expected a JWT");
  const connection = await connect({
    servers: nats.url,
    authenticator: jwtAuthenticator(nats.jwt, new TextEncoder().encode(nats.seed)),
    inboxPrefix: inboxPrefix(identity.id),
    reconnect: false,
  });
  connections.push(connection);
  return connection;
}

/** Takes everything that comes, and says forever that it is at work on it. Settles with how much when it is cut off. */
async function hoard(
  connection: NatsConnection,
  { identity, pool }: z.infer<typeof state>,
  onTaken: () => void,
): Promise<number> {
  const subject = `$JS.API.CONSUMER.MSG.NEXT.EXECUTIONS.${poolConsumer(pool.id)}`;
  const reply = createInbox(inboxPrefix(identity.id));
  const taken: string[] = [];
  connection.subscribe(reply, {
    callback: (_, message) => {
      if (message.data.length === 0 || message.reply === undefined) return;
      taken.push(message.reply);
      onTaken();
    },
  });
  while (!connection.isClosed()) {
    connection.publish(subject, JSON.stringify({ batch: 1, expires: 1_000_000_000 }), { reply });
    for (const acknowledgement of taken) connection.publish(acknowledgement, "+WPI");
    await sleep(500);
  }
  return taken.length;
}

/** How many requests for work wait at the server. */
async function countRequests(pool: z.infer<typeof poolId>): Promise<number> {
  const connection = await cluster.nats.connect();
  const manager = await connection.jetstreamManager();
  const { num_waiting: waiting } = await manager.consumers.info("EXECUTIONS", poolConsumer(pool));
  await connection.close();
  return waiting;
}

async function revoke(id: string): Promise<void> {
  const config = decode(keyringConfig, await readFile(join(cluster.folder, "keyring-0", "config.json")));
  await revokeExecutor(config, id);
}

/** Another executor that was enrolled, and ended. */
async function endedExecutor(): Promise<z.infer<typeof state>> {
  const part = await cluster.addExecutor();
  await part.start();
  const stolen = await steal(part);
  await part.kill("SIGKILL");
  return stolen;
}

test(
  "sealrun keyring-revoke gives a run that a stolen login took and kept to another executor within a minute",
  { timeout },
  async () => {
    const stolen = await endedExecutor();
    const [honest] = cluster.executors;
    if (honest === undefined) throw new TypeError("no executor");
    cluster.witness.hold();
    const held = await cluster.run("hold");
    await cluster.witness.wait(held, "hold");
    const own = await logIn(await steal(honest));
    const thief = await logIn(stolen);
    // The executor asks for nothing meanwhile, so that the thief gets the event.
    await honest.kill("SIGSTOP");
    await until(async () => ((await countRequests(stolen.pool.id)) === 0 ? true : undefined));
    const taken = Promise.withResolvers<void>();
    const hoarding = hoard(thief, stolen, taken.resolve);
    const id = await cluster.run("quick");
    await taken.promise;
    await honest.kill("SIGCONT");
    const revokedAt = Date.now();
    await revoke(stolen.identity.id);
    await thief.closed();
    const cutMs = Date.now() - revokedAt;
    expect(await hoarding).toBeGreaterThan(0);
    await expect(logIn(stolen)).rejects.toThrow("Authorization");
    const ended = await cluster.end(id);
    const runMs = Date.now() - revokedAt;
    process.stderr.write(`a revoked login was cut after ${cutMs} ms, and the run it kept ended after ${runMs} ms\n`);
    expect(ended.status).toBe("succeeded");
    expect(cutMs).toBeLessThan(maxMs);
    expect(runMs).toBeLessThan(maxMs);
    // The other executor's connections and its run are as before.
    await own.flush();
    expect(own.isClosed()).toBe(false);
    cluster.witness.release();
    expect((await cluster.end(held)).status).toBe("succeeded");
  },
);

test(
  "sealrun keyring-revoke is remembered by nats-server over a restart, while no keyring runs",
  { timeout },
  async () => {
    const stolen = await endedExecutor();
    const thief = await logIn(stolen);
    await revoke(stolen.identity.id);
    await thief.closed();
    await cluster.part("keyring-0").kill("SIGKILL");
    await cluster.nats.kill("SIGKILL");
    await cluster.nats.start();
    await expect(logIn(stolen)).rejects.toThrow("Authorization");
    const [honest] = cluster.executors;
    if (honest === undefined) throw new TypeError("no executor");
    await logIn(await steal(honest));
    await cluster.part("keyring-0").start();
    expect((await cluster.end(await cluster.run("quick"))).status).toBe("succeeded");
  },
);

test(
  "sealrun keyring-revoke holds for a nats-server that lost its disk, as soon as a keyring reaches it",
  { timeout },
  async () => {
    const stolen = await endedExecutor();
    await revoke(stolen.identity.id);
    await until(async () => isRefused(stolen));
    await cluster.nats.kill("SIGKILL");
    await cluster.nats.wipe();
    await cluster.nats.start();
    await until(async () => isRefused(stolen));
    expect((await cluster.end(await cluster.run("quick"))).status).toBe("succeeded");
  },
);

test("sealrun executor ends by itself, with one sentence, when it was revoked", { timeout }, async () => {
  const part = await cluster.addExecutor();
  await part.start();
  await revoke((await steal(part)).identity.id);
  expect(await part.ended()).toBe("77");
  const log = await readFile(part.logFile, "utf8");
  const sentences = log.split("\n").filter((line) => line.includes("This executor was revoked"));
  expect(sentences).toEqual([
    expect.stringMatching(
      /This executor was revoked; to enrol this machine again, delete .*state\.json and use a new token/,
    ),
  ]);
});

test("sealrun executor goes on with its run while platform and keyring renew no login", { timeout }, async () => {
  cluster.witness.hold();
  const held = await cluster.run("hold");
  await cluster.witness.wait(held, "hold");
  const stolen = await endedExecutor();
  await cluster.part("keyring-0").kill("SIGKILL");
  await revoke(stolen.identity.id);
  // Longer than a revoked login may live: that of the other executor lives on.
  await sleep(maxMs + 5_000);
  await cluster.part("keyring-0").start();
  await until(async () => isRefused(stolen));
  cluster.witness.release();
  const ended = await cluster.end(held);
  expect(ended.status).toBe("succeeded");
  expect(ended.attempt).toBe(1);
});

async function isRefused(stolen: z.infer<typeof state>): Promise<true | undefined> {
  const connection = await logIn(stolen).catch((error: unknown) => error);
  if (!(connection instanceof Error)) return undefined;
  return connection.message.includes("Authorization") ? true : undefined;
}
