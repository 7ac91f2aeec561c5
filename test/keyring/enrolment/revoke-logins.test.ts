import { start as startKeyring, revokeExecutor } from "@sealrun/keyring";
import { type NatsCredentials, executorId, inboxPrefix } from "@sealrun/protocol";
import { connect, jwtAuthenticator, type NatsConnection } from "nats";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { writePrivate } from "../../support/private-file.ts";
import { enrolPeer } from "../../support/executor-peer.ts";
import { startOperatorPlatform } from "../../support/operator-platform.ts";
import type { TestPlatform } from "../../support/start-platform.ts";
import { until } from "../../support/until.ts";
import { createLog } from "../world.ts";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

let platform: TestPlatform;
let folder = "";
let connections: NatsConnection[] = [];
beforeAll(async () => {
  platform = await startOperatorPlatform();
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-revoke-logins-"));
});
afterEach(async () => {
  for (const connection of connections) await connection.close();
  connections = [];
});
afterAll(async () => {
  await platform.close();
  await rm(folder, { recursive: true, force: true });
});

/** A new executor's id and login. Its own connection is closed: what is left is what a thief has. */
async function stolenLogin(): Promise<{ readonly id: string; readonly nats: NatsCredentials }> {
  const peer = await enrolPeer(platform);
  await peer.close();
  return { id: peer.state.identity.id, nats: peer.state.nats };
}

async function logIn({ id, nats }: Awaited<ReturnType<typeof stolenLogin>>): Promise<NatsConnection> {
  if (!("jwt" in nats)) throw new TypeError("expected a JWT");
  const connection = await connect({
    servers: nats.url,
    authenticator: jwtAuthenticator(nats.jwt, new TextEncoder().encode(nats.seed)),
    inboxPrefix: inboxPrefix(executorId.parse(id)),
    reconnect: false,
  });
  connections.push(connection);
  return connection;
}

test("revokeLogins() ends a revoked executor's connection to NATS, and lets no other feel it", async () => {
  const [revoked, other] = [await stolenLogin(), await stolenLogin()];
  const [thief, executor] = [await logIn(revoked), await logIn(other)];
  await revokeExecutor(platform.keyringConfig, revoked.id);
  await thief.closed();
  await expect(logIn(revoked)).rejects.toThrow("Authorization");
  await executor.flush();
  expect(executor.isClosed()).toBe(false);
  await logIn(other);
});

test("revokeLogins() tells the server of a revocation that no keyring was running for", async () => {
  const revoked = await stolenLogin();
  const thief = await logIn(revoked);
  await platform.stopKeyring();
  await revokeExecutor(platform.keyringConfig, revoked.id);
  await logIn(revoked);
  const lines: string[] = [];
  const keyring = await startKeyring(platform.keyringConfig, { log: createLog(lines) });
  await thief.closed();
  await expect(logIn(revoked)).rejects.toThrow("Authorization");
  await until(() => lines.find((line) => line.startsWith("The NATS server has the list")));
  await keyring.close();
});

test("revokeLogins() sends nothing for a server that was set up without what revokes logins, and says so", async () => {
  const revoked = await stolenLoginOfNewKeyring();
  const lines: string[] = [];
  const { natsAccountSeedFile = "" } = platform.keyringConfig;
  const { revocation: _, ...earlier } = JSON.parse(await readFile(natsAccountSeedFile, "utf8"));
  const config = {
    ...platform.keyringConfig,
    natsAccountSeedFile: await writePrivate(folder, "earlier", JSON.stringify(earlier)),
  };
  const keyring = await startKeyring(config, { log: createLog(lines) });
  expect(lines.join("\n")).toContain("A revoked executor keeps its NATS login until it expires");
  await revokeExecutor(config, revoked.id);
  await keyring.close();
  expect(lines.join("\n")).not.toContain("The NATS server has the list");
  await logIn(revoked);
});

/** As `stolenLogin`, while no keyring runs otherwise. */
async function stolenLoginOfNewKeyring(): ReturnType<typeof stolenLogin> {
  const keyring = await startKeyring(platform.keyringConfig, { log: createLog([]) });
  try {
    return await stolenLogin();
  } finally {
    await keyring.close();
  }
}
