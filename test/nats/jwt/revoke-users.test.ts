import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "@sealrun/crypto";
import {
  createNatsAccounts,
  executorPermissions,
  mintUser,
  type NatsIssuer,
  pushRevocations,
  type RevocationAuthority,
  type RevokedUser,
  signRevocations,
} from "@sealrun/nats";
import { executorId, type ExecutorId, inboxPrefix, poolConsumer, poolId, subjects } from "@sealrun/protocol";
import {
  AckPolicy,
  connect,
  createInbox,
  jwtAuthenticator,
  type Msg,
  type NatsConnection,
  RetentionPolicy,
} from "nats";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Nats, startNats } from "../../../packages/cli/src/servers/nats.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { programs } from "../../support/servers.ts";

const pool = poolId.parse(newId("pool"));
const signingFile = z.object({
  accountId: z.string(),
  signingSeed: z.string(),
  revocation: z.object({
    accountJwt: z.string(),
    operatorSigningSeed: z.string(),
    login: z.object({ jwt: z.string(), seed: z.string() }),
  }),
});
let dataFolder = "";
let nats: Nats;
let issuer: NatsIssuer;
let authority: RevocationAuthority;
let connections: NatsConnection[] = [];

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "sealrun-test-revoke-"));
  nats = await startNats({ programs: programs(), dataFolder });
  const { revocation, ...rest } = signingFile.parse(JSON.parse(await readFile(nats.executorSigningFile, "utf8")));
  [issuer, authority] = [rest, revocation];
  const platform = await open(nats.platform, "_INBOX.platform");
  const manager = await platform.jetstreamManager();
  const retention = RetentionPolicy.Workqueue;
  await manager.streams.add({ name: "EXECUTIONS", subjects: [subjects.allExecutions], retention });
  await manager.consumers.add("EXECUTIONS", {
    durable_name: poolConsumer(pool),
    ack_policy: AckPolicy.Explicit,
    filter_subject: subjects.executions(pool),
  });
});
afterEach(async () => {
  for (const connection of connections) await connection.close();
  connections = [];
});
afterAll(async () => {
  await nats.stop();
  await rm(dataFolder, { recursive: true, force: true });
});

async function open(login: { readonly jwt: string; readonly seed: string }, inbox: string): Promise<NatsConnection> {
  const authenticator = jwtAuthenticator(login.jwt, new TextEncoder().encode(login.seed));
  const connection = await connect({ servers: nats.url, authenticator, inboxPrefix: inbox, reconnect: false });
  connections.push(connection);
  return connection;
}

function newExecutor(): ExecutorId {
  return executorId.parse(newId("executor"));
}

async function loginOf(name: ExecutorId): Promise<{ readonly jwt: string; readonly seed: string }> {
  return mintUser(issuer, { name, permissions: executorPermissions(name, pool), lifetimeMs: 3_600_000 });
}

function lately(name: ExecutorId): RevokedUser {
  return { name, madeUntil: new Date(Date.now() + 3_600_000) };
}

async function revoke(...names: readonly ExecutorId[]): Promise<void> {
  const account = await signRevocations(authority, issuer, names.map(lately));
  await pushRevocations({ url: nats.url, accountId: issuer.accountId }, authority, account);
}

/** What a JWT says, without its signature. */
function claimsOf(jwt: string) {
  return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
}

describe("signRevocations()", () => {
  test("signRevocations() changes nothing of the account but the list, and replaces the list", async () => {
    const made = await createNatsAccounts();
    const own = { accountId: made.executorAccount.id, signingSeed: made.executorSigningSeed };
    const before = claimsOf(made.executorAccount.jwt);
    for (const names of [[newExecutor()], [newExecutor(), newExecutor()], []]) {
      const after = claimsOf(await signRevocations(made.revocation, own, names.map(lately)));
      expect(after).toMatchObject({ name: before.name, sub: before.sub });
      const { revocations, ...rest } = after.nats;
      expect(rest).toEqual(before.nats);
      expect(Object.keys(revocations)).toHaveLength(names.length);
      expect(claimsOf(made.operatorJwt).nats.signing_keys).toEqual([after.iss]);
    }
  });
});

describe("pushRevocations()", () => {
  test("pushRevocations() ends a revoked executor's connection and refuses its logins, and no one else's", async () => {
    const [revoked, other] = [newExecutor(), newExecutor()];
    const login = await loginOf(revoked);
    const thief = await open(login, inboxPrefix(revoked));
    const executor = await open(await loginOf(other), inboxPrefix(other));
    const platform = await open(nats.platform, "_INBOX.platform");
    await revoke(revoked);
    await thief.closed();
    await expect(open(login, inboxPrefix(revoked))).rejects.toThrow("Authorization");
    // Also one that the keyring makes at the same moment.
    await expect(open(await loginOf(revoked), inboxPrefix(revoked))).rejects.toThrow("Authorization");
    for (const connection of [executor, platform]) {
      await connection.flush();
      expect(connection.isClosed()).toBe(false);
    }
    await open(await loginOf(other), inboxPrefix(other));
  });

  test("pushRevocations() loses nothing that other executors wait for or are sent", async () => {
    const [revoked, other] = [newExecutor(), newExecutor()];
    const thief = await open(await loginOf(revoked), inboxPrefix(revoked));
    const executor = await open(await loginOf(other), inboxPrefix(other));
    const platform = await open(nats.platform, "_INBOX.platform");
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    platform.subscribe(subjects.rpc(other, "claim"), {
      callback: (_error, message) => {
        asked.resolve();
        void answer.promise.then(() => message.respond("granted"));
      },
    });
    await platform.flush();
    const control: string[] = [];
    executor.subscribe(subjects.control(other), { callback: (_, message) => void control.push(message.string()) });
    const arrived = Promise.withResolvers<Msg>();
    const inbox = createInbox(inboxPrefix(other));
    executor.subscribe(inbox, { callback: (_, message) => arrived.resolve(message) });
    const next = `$JS.API.CONSUMER.MSG.NEXT.EXECUTIONS.${poolConsumer(pool)}`;
    executor.publish(next, JSON.stringify({ batch: 1, expires: 60_000_000_000 }), { reply: inbox });
    const claim = executor.request(subjects.rpc(other, "claim"), "?", { timeout: 30_000 });
    await asked.promise;
    await revoke(revoked);
    await thief.closed();
    answer.resolve();
    expect((await claim).string()).toBe("granted");
    await platform.jetstream().publish(subjects.executions(pool), "work");
    const message = await arrived.promise;
    expect(message.string()).toBe("work");
    executor.publish(message.reply ?? "", "+ACK");
    platform.publish(subjects.control(other), "cancel");
    await platform.flush();
    await expect.poll(() => control).toEqual(["cancel"]);
    const manager = await platform.jetstreamManager();
    await expect
      .poll(async () => (await manager.consumers.info("EXECUTIONS", poolConsumer(pool))).num_ack_pending)
      .toBe(0);
  });

  test("pushRevocations() is remembered by a server that is started again, and replaced by the next list", async () => {
    const [first, second] = [newExecutor(), newExecutor()];
    const logins = [await loginOf(first), await loginOf(second)] as const;
    await revoke(first);
    await nats.stop();
    nats = await startNats({ programs: programs(), dataFolder });
    await expect(open(logins[0], inboxPrefix(first))).rejects.toThrow("Authorization");
    await open(logins[1], inboxPrefix(second));
    await revoke(second);
    await open(logins[0], inboxPrefix(first));
    await expect(open(logins[1], inboxPrefix(second))).rejects.toThrow("Authorization");
    await revoke();
    await open(logins[1], inboxPrefix(second));
  });

  test("pushRevocations() is given a long list at once", async () => {
    const names = Array.from({ length: 5_000 }, newExecutor);
    await revoke(...names);
    const last = names.at(-1) ?? newExecutor();
    await expect(open(await loginOf(last), inboxPrefix(last))).rejects.toThrow("Authorization");
    await revoke();
  });

  test("pushRevocations() says why a server takes no list", async () => {
    const account = await signRevocations(authority, issuer, []);
    const nowhere = { url: "nats://127.0.0.1:9", accountId: issuer.accountId };
    expect(await rejectionOf(pushRevocations(nowhere, authority, account))).toMatchObject({ code: "NATS_UNREACHABLE" });
    const at = { url: nats.url, accountId: issuer.accountId };
    const refusal = await rejectionOf(pushRevocations(at, authority, "no account"));
    expect(refusal).toMatchObject({ code: "NATS_UNREACHABLE", message: expect.stringContaining("revoked executors") });
  });

  test("pushRevocations() uses a login that can replace no other account, and read nothing", async () => {
    const { login } = authority;
    const connection = await open(login, inboxPrefix("keyring"));
    const complaints: string[] = [];
    void (async () => {
      for await (const status of connection.status()) complaints.push(JSON.stringify(status.data));
    })();
    const forbidden = [
      "$SYS.REQ.CLAIMS.UPDATE",
      "$SYS.REQ.CLAIMS.DELETE",
      "$SYS.REQ.SERVER.PING",
      `$SYS.REQ.ACCOUNT.${newAccountId}.CLAIMS.UPDATE`,
      "sealrun.rpc.x.claim",
    ];
    for (const subject of forbidden) connection.publish(subject, "x");
    for (const subject of ["$SYS.>", ">", "_INBOX.>"]) connection.subscribe(subject, { callback: () => undefined });
    await connection.flush();
    await expect.poll(() => complaints.length).toBe(forbidden.length + 3);
  });
});

const newAccountId = `A${"B".repeat(55)}`;
