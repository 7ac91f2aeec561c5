import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "@sealrun/postgres";
import { inject } from "vitest";
import { type Nats, type NatsServer, startNats } from "../../packages/cli/src/servers/nats.ts";
import type { DatabaseAddress } from "../../packages/cli/src/servers/postgres.ts";
import type { Programs } from "../../packages/cli/src/setup/find-programs.ts";
import { type PasswordNats, startPasswordNats } from "./password-nats.ts";
import "./provided.ts";

/** Absolute paths of the programs that the global setup found or fetched. */
export function programs(): Programs {
  return inject("programs");
}

/** Full rights on the run's PostgreSQL. */
function superuser(): DatabaseAddress {
  return inject("superuser");
}

/** A new empty database with a role of its own, which owns it and may do nothing else; `drop` removes both. */
export async function freshDatabase(): Promise<{
  readonly address: DatabaseAddress;
  readonly drop: () => Promise<void>;
}> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  const password = randomBytes(24).toString("base64url");
  await asSuperuser([
    `create role ${name} login password '${password}'`,
    `create database ${name} owner ${name}`,
    `revoke all on database ${name} from public`,
  ]);
  return {
    address: { ...superuser(), user: name, password, database: name },
    drop: () => asSuperuser([`drop database if exists ${name} with (force)`, `drop role if exists ${name}`]),
  };
}

/** A new NATS server with JetStream and passwords on a free port. */
export async function startTestNats(): Promise<PasswordNats> {
  const dataFolder = await mkdtemp(join(tmpdir(), "sealrun-test-nats-"));
  const nats = await startPasswordNats({ programs: programs(), dataFolder });
  return { ...nats, stop: async () => stopAndRemove(nats, dataFolder) };
}

/** A new NATS server in operator mode on a free port, as dev has it. */
export async function startOperatorNats(): Promise<Nats & { readonly dataFolder: string }> {
  const dataFolder = await mkdtemp(join(tmpdir(), "sealrun-test-nats-"));
  const nats = await startNats({ programs: programs(), dataFolder });
  return { ...nats, dataFolder, stop: async () => stopAndRemove(nats, dataFolder) };
}

async function stopAndRemove(nats: NatsServer, dataFolder: string): Promise<void> {
  await nats.stop();
  await rm(dataFolder, { recursive: true, force: true });
}

async function asSuperuser(statements: readonly string[]): Promise<void> {
  const database = await openDatabase({ config: superuser(), applicationName: "test" });
  try {
    for (const statement of statements) await database.run(statement);
  } finally {
    await database.close();
  }
}
