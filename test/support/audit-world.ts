import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRootKey } from "@sealrun/key-files";
import { migrationsFolder } from "@sealrun/platform";
import { type Database, migrate, openDatabase, type PostgresConfig } from "@sealrun/postgres";
import { pino } from "pino";
import { type Audit, startAudit } from "../../packages/platform/src/audit/audit.ts";
import { freshDatabase } from "./servers.ts";

/** A platform's audit on a database of its own, without the rest of the platform. */
export interface AuditWorld {
  readonly database: Database;
  /** Where the checkpoint is; the notes of the last check are beside it. */
  readonly checkpoint: string;
  readonly notes: string;
  /** Starts the audit, after ending the one before; `file` is the checkpoint's unless it says otherwise. */
  readonly start: (options?: { readonly file?: string | undefined; readonly key?: number }) => Promise<Audit>;
  readonly record: (count: number) => Promise<void>;
  /** What somebody does who may switch triggers off. */
  readonly asOwner: (...statements: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Of whoever writes rows in these tests. */
export const requester = { name: "admin", requestId: "req_x" };

/** On a fresh database, or on one of another server. */
export async function openAuditWorld(address?: PostgresConfig): Promise<AuditWorld> {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-test-audit-"));
  const fresh = address === undefined ? await freshDatabase() : undefined;
  const config = address ?? fresh?.address;
  if (config === undefined) throw new TypeError("Expected a database");
  await migrate({ config, applicationName: "test", folder: migrationsFolder });
  const database = await openDatabase({ config, applicationName: "test" });
  const checkpoint = join(folder, "checkpoint.json");
  let audit: Audit | undefined;
  const stop = async (): Promise<void> => {
    await audit?.close();
    audit = undefined;
  };
  return {
    database,
    checkpoint,
    notes: `${checkpoint}.verified`,
    start: async ({ file, key = 0 } = { file: checkpoint }) => {
      await stop();
      const keyFile = join(folder, `key-${key}`);
      await writeFile(keyFile, Buffer.from(Array.from({ length: 32 }, (_, index) => index + key)), { mode: 0o600 });
      const storageKey = await readRootKey(keyFile);
      audit = await startAudit({ database, storageKey, log: pino({ level: "silent" }) }, file);
      return audit;
    },
    record: async (count) => {
      await database.run(
        `insert into audit (actor, action, object, detail, request_id)
         select 'admin', 'secret.set', 'o' || n, '{"emoji": "🔑"}', 'req_x' from generate_series(1, $1::int) n`,
        [count],
      );
    },
    asOwner: async (...statements) => {
      await database.transaction(async (sql) => {
        for (const table of ["audit", "audit_chain"]) await sql.run(`alter table ${table} disable trigger user`);
        for (const statement of statements) await sql.run(statement);
        for (const table of ["audit", "audit_chain"]) await sql.run(`alter table ${table} enable trigger user`);
      });
    },
    close: async () => {
      await stop();
      await database.close();
      await fresh?.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
