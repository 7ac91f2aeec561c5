import { fileURLToPath } from "node:url";
import { SealrunError } from "@sealrun/protocol";
import { Client } from "pg";
import Postgrator from "postgrator";
import { z } from "zod";
import type { PostgresConfig } from "./config.ts";
import { clientSettings, wrapConnectionError } from "./database.ts";

/** An arbitrary number: one lock for all migrations of a database. */
const migrationLock = 7_325_786;

/**
 * Brings a database to the newest of the numbered files in `folder` (`001.do.name.sql` …), all of them or none.
 * Several processes may call it at once. Fails with `DATABASE_NEWER` when the database is ahead of the files.
 */
export async function migrate(options: {
  readonly config: PostgresConfig;
  readonly applicationName: string;
  readonly folder: URL;
}): Promise<void> {
  const client = new Client(clientSettings(options.config, options.applicationName));
  // The running statement reports a break of the connection.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [migrationLock]);
    await applyFiles(client, fileURLToPath(options.folder));
    await client.query("commit");
  } catch (error) {
    throw wrapConnectionError(error, options.config);
  } finally {
    await client.end();
  }
}

async function applyFiles(client: Client, folder: string): Promise<void> {
  const postgrator = new Postgrator({
    migrationPattern: `${folder}/*.sql`,
    driver: "pg",
    schemaTable: "schema_version",
    currentSchema: "public",
    validateChecksums: false,
    execQuery: async (query) => client.query(query),
    execSqlScript: async (script) => {
      await client.query(script);
    },
  });
  const newest = Math.max(0, ...(await postgrator.getMigrations()).map((migration) => migration.version));
  const known = await client.query("select to_regclass('public.schema_version') as name");
  // Ask only when the table exists: a failing statement would abort the transaction.
  const present = z.array(z.object({ name: z.null() })).safeParse(known.rows).success
    ? 0
    : await postgrator.getDatabaseVersion();
  if (present > newest) {
    throw new SealrunError(
      "DATABASE_NEWER",
      `The database is at version ${present} and this sealrun knows ${newest}; start the newer sealrun, or restore a backup made before its first start`,
    );
  }
  await postgrator.migrate();
}
