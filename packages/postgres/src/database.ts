import { limits } from "@sealrun/protocol";
import { Pool } from "pg";
import type { PostgresConfig } from "./config.ts";
import { clientSettings, wrapConnectionError } from "./connection.ts";
import { createListener, type Probe } from "./listener.ts";
import { renewPlans } from "./renew-plans.ts";
import { addsToAudit, auditBell, createRings } from "./rings.ts";
import { createStatementNames } from "./statement-names.ts";
import type { Sql } from "./sql.ts";
import { type Ask, askOn, statementsOn } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

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
   * Probes the database and its clock now and then, more often than every `limits.databaseSilentMs`, and when a
   * statement takes long, until the returned function is called. It counts as silent only after some seconds.
   */
  watch(onProbe: (look: Probe) => void): () => Promise<void>;
  /**
   * True when everything that was notified more than `limits.databaseSilentMs` ago has been heard. What is kept in
   * memory until a notification may be used only then.
   */
  isHearing(): boolean;
  /** Calls `listener` when this process rings the bell (`Sql.ring`), until the returned function is called. */
  onRing(bell: string, listener: () => void): () => void;
  close(): Promise<void>;
}

/** Opens a database and checks that it answers. Fails with `POSTGRES_UNREACHABLE`, which names the address. */
export async function openDatabase(options: {
  readonly config: PostgresConfig;
  readonly applicationName: string;
  /** Called with each statement before it is sent, `begin` and `commit` included: a process counts them. */
  readonly onStatement?: ((text: string) => void) | undefined;
}): Promise<Database> {
  const { config, onStatement } = options;
  const settings = clientSettings(config, options.applicationName);
  const pool = new Pool({
    ...settings,
    // Statements are sent without waiting for the answers to earlier ones.
    pipeline: true,
    max: 10,
    idleTimeoutMillis: 30_000,
    query_timeout: limits.databaseAnswerMs,
    // PostgreSQL itself ends statements whose client has timed out, and transactions of a process that hangs or died.
    statement_timeout: limits.databaseAnswerMs,
    idle_in_transaction_session_timeout: limits.databaseIdleMs,
  });
  // A broken connection is replaced at its next use. Without a listener its error would end the process: the pool has
  // one only while a connection is idle, and a server that ends it may say so in the same packet as its last answer.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  renewPlans(pool, onStatement);
  const listener = createListener(settings, onStatement);
  const rings = createRings();
  const use = { pool, config, listener, rings, names: createStatementNames(), onStatement };
  const ask = askOn(pool, use);
  const askAndRing: Ask = async (text, values) => {
    const result = await ask(text, values);
    if (addsToAudit(text)) rings.ring(auditBell);
    return result;
  };
  const statements = statementsOn(askAndRing);
  try {
    await statements.run("select 1");
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    ...statements,
    last: async (work) => work(),
    ring: rings.ring,
    transaction: async (work, { answerMs } = {}) => inTransaction({ ...use, answerMs }, work),
    listen: async (channel, onNotice) =>
      listener.listen(channel, onNotice).catch((error: unknown) => {
        throw wrapConnectionError(error, config);
      }),
    watch: listener.watch,
    isHearing: listener.isHearing,
    onRing: rings.onRing,
    close: async () => {
      await listener.close();
      await pool.end();
    },
  };
}
