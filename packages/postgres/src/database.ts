import { countStatement, failAfter } from "@sealrun/faults";
import { limits, SealrunError } from "@sealrun/protocol";
import { type ClientConfig, DatabaseError, Pool, type PoolClient, type QueryResult } from "pg";
import type { z } from "zod";
import { describeAddress, type PostgresConfig } from "./config.ts";
import { listenOn } from "./listen.ts";
import { type Probe, watchAnswers } from "./watch.ts";

/** Statements on one database or inside one transaction. Rows are outside data: the schema parses each. */
export interface Sql {
  /** All rows. */
  rows<T>(schema: z.ZodType<T>, text: string, values?: readonly unknown[]): Promise<T[]>;
  /** The first row, or undefined. */
  row<T>(schema: z.ZodType<T>, text: string, values?: readonly unknown[]): Promise<T | undefined>;
  /** Runs a statement and returns the number of affected rows. */
  run(text: string, values?: readonly unknown[]): Promise<number>;
}

/** A pool of connections to one database. */
export interface Database extends Sql {
  /**
   * Commits what `work` did, or rolls back when it throws. A statement may take `limits.databaseAnswerMs`, or
   * `answerMs` if given, for example to read whole tables.
   */
  transaction<T>(work: (sql: Sql) => Promise<T>, options?: { readonly answerMs?: number }): Promise<T>;
  /** Listens on a channel until the returned function is called; reconnects by itself, and then calls with "". */
  listen(channel: string, onNotice: (payload: string) => void): Promise<() => Promise<void>>;
  /**
   * Probes the database and its clock now and then every second, until the returned function is called. It counts as
   * silent only after some seconds.
   */
  watch(onProbe: (look: Probe) => void): () => Promise<void>;
  close(): Promise<void>;
}

/** Opens a database and checks that it answers. Fails with `POSTGRES_UNREACHABLE`, which names the address. */
export async function openDatabase(options: {
  readonly config: PostgresConfig;
  readonly applicationName: string;
}): Promise<Database> {
  const settings = clientSettings(options.config, options.applicationName);
  const pool = new Pool({
    ...settings,
    max: 10,
    idleTimeoutMillis: 30_000,
    query_timeout: limits.databaseAnswerMs,
    // PostgreSQL itself ends statements whose client has timed out, and transactions of a process that hangs or died.
    statement_timeout: limits.databaseAnswerMs,
    idle_in_transaction_session_timeout: limits.databaseIdleMs,
  });
  // A broken idle connection is replaced at its next use; without a listener the error would end the process.
  pool.on("error", () => undefined);
  const sql = sqlOn(pool, { config: options.config });
  try {
    await sql.run("select 1");
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    ...sql,
    transaction: async (work, { answerMs } = {}) => inTransaction({ pool, config: options.config, answerMs }, work),
    listen: async (channel, onNotice) => listenOn({ settings, channel, onNotice }),
    watch: (onProbe) => watchAnswers({ settings, onProbe }),
    close: async () => pool.end(),
  };
}

/** Settings for a `pg` client. */
export function clientSettings(config: PostgresConfig, applicationName: string): ClientConfig {
  const address = "url" in config ? { connectionString: config.url } : config;
  return { ...address, application_name: applicationName, connectionTimeoutMillis: 10_000, keepAlive: true };
}

/** Wraps an error of the connection as `POSTGRES_UNREACHABLE`; returns an error of a statement unchanged. */
export function wrapConnectionError(error: unknown, config: PostgresConfig): unknown {
  if (error instanceof DatabaseError && !connectionStates.has(error.code?.slice(0, 2) ?? "")) return error;
  if (error instanceof SealrunError) return error;
  const reason = error instanceof Error ? error.message : "no reason given";
  return new SealrunError(
    "POSTGRES_UNREACHABLE",
    `PostgreSQL at ${describeAddress(config)} cannot be used (${reason}); check that it runs, that the address is right, and that this user may log in`,
    { cause: error },
  );
}

/** SQLSTATE classes about the connection or the login, not the statement. */
const connectionStates = new Set(["08", "28", "3D", "53", "57"]);

interface Use {
  readonly config: PostgresConfig;
  /** How long a statement may take; `limits.databaseAnswerMs` by default. */
  readonly answerMs?: number | undefined;
  /** Called at every failure of the connection. */
  readonly onBreak?: (error: SealrunError) => void;
}

function sqlOn(client: Pool | PoolClient, { config, answerMs, onBreak }: Use): Sql {
  const query = async (text: string, values: readonly unknown[] = []): Promise<QueryResult> => {
    try {
      countStatement(client, text);
      const patience = answerMs === undefined ? {} : { query_timeout: answerMs };
      const result = await client.query({ text, values: [...values], ...patience });
      failAfter("postgres");
      return result;
    } catch (error) {
      const failure = wrapConnectionError(error, config);
      if (failure instanceof SealrunError) onBreak?.(failure);
      throw failure;
    }
  };
  return {
    rows: async (schema, text, values) => (await query(text, values)).rows.map((row) => schema.parse(row)),
    row: async (schema, text, values) => {
      const first: unknown = (await query(text, values)).rows[0];
      return first === undefined ? undefined : schema.parse(first);
    },
    run: async (text, values) => (await query(text, values)).rowCount ?? 0,
  };
}

async function inTransaction<T>(
  { pool, ...use }: Omit<Use, "onBreak"> & { readonly pool: Pool },
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw wrapConnectionError(error, use.config);
  });
  let broken: Error | undefined;
  const onBreak = (error: Error): void => {
    broken = error;
  };
  const sql = sqlOn(client, { ...use, onBreak });
  // The pool handles errors only while a connection is idle.
  client.on("error", onBreak);
  try {
    await sql.run("begin");
    if (use.answerMs !== undefined) await sql.run(`set local statement_timeout = ${use.answerMs}`);
    const answer = await work(sql);
    await sql.run("commit");
    return answer;
  } catch (error) {
    // A broken or silent connection is discarded without waiting: PostgreSQL rolls back by itself.
    if (broken === undefined) await sql.run("rollback").catch(() => undefined);
    throw error;
  } finally {
    client.off("error", onBreak);
    client.release(broken);
  }
}
