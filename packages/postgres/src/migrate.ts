import { fileURLToPath } from "node:url";
import { SealrunError } from "@sealrun/protocol";
import { Client } from "pg";
import Postgrator from "postgrator";
import { z } from "zod";
import type { PostgresConfig } from "./config.ts";
import { clientSettings, wrapConnectionError } from "./connection.ts";

/** An arbitrary number: one lock for all migrations of a database. */
const migrationLock = 7_325_786;

/** Holds a row for each file that was applied. */
const table = "applied_migrations";
/** What the table was called while the numbers of the files had holes. */
const earlierTable = "schema_version";

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
    schemaTable: table,
    currentSchema: "public",
    validateChecksums: false,
    execQuery: async (query) => client.query(query),
    execSqlScript: async (script) => {
      await client.query(script);
    },
  });
  const newest = Math.max(0, ...(await postgrator.getMigrations()).map((migration) => migration.version));
  await renumber(client);
  // Ask only when the table exists: a failing statement would abort the transaction.
  const present = (await isTable(client, table)) ? await postgrator.getDatabaseVersion() : 0;
  if (present > newest) {
    throw new SealrunError(
      "DATABASE_NEWER",
      `The database is at version ${present} and this sealrun knows ${newest}; start the newer sealrun, or restore a backup made before its first start`,
    );
  }
  await postgrator.migrate();
}

/**
 * Makes the table of a database that was migrated under numbers with holes one without: the files kept their order, so
 * the first one applied is now number 1.
 */
async function renumber(client: Client): Promise<void> {
  if ((await isTable(client, table)) || !(await isTable(client, earlierTable))) return;
  await client.query(`alter table ${earlierTable} rename to ${table}`);
  // Two steps, since no two rows may ever have one number.
  await client.query(
    `update ${table} t set version = -o.position
     from (select version, row_number() over (order by version) as position from ${table} where version > 0) o
     where o.version = t.version`,
  );
  await client.query(`update ${table} set version = -version where version < 0`);
}

async function isTable(client: Client, name: string): Promise<boolean> {
  const { rows } = await client.query("select to_regclass('public.' || $1) is not null as is_table", [name]);
  return z.array(z.object({ is_table: z.boolean() })).parse(rows)[0]?.is_table === true;
}
