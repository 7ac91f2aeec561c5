import { countStatement, failAfter } from "@sealrun/faults";
import { SealrunError } from "@sealrun/protocol";
import type { Pool, PoolClient, QueryResult } from "pg";
import type { PostgresConfig } from "./config.ts";
import { isOutdatedStatement, wrapConnectionError } from "./connection.ts";
import type { Listener } from "./listener.ts";
import type { Statements } from "./sql.ts";
import type { StatementNames } from "./statement-names.ts";

/** Sends a statement at once, also while earlier ones of the connection have no answer yet; waits for its answer. */
export type Ask = (text: string, values?: readonly unknown[]) => Promise<QueryResult>;

/** What every statement of a pool needs. */
export interface AskDeps {
  readonly config: PostgresConfig;
  readonly names: StatementNames;
  readonly listener: Pick<Listener, "probeSoon">;
  /** How long a statement may take; `limits.databaseAnswerMs` by default. */
  readonly answerMs?: number | undefined;
  /** Called with each statement before it is sent. */
  readonly onStatement?: ((text: string) => void) | undefined;
  /** Called at every failure of the connection. */
  readonly onBreak?: (error: SealrunError) => void;
}

/** A statement without an answer for this long has the database probed: requests must not wait for the next probe. */
const slowMs = 1_000;

/** Asks on this connection, or on a free one of this pool. Fails with `POSTGRES_UNREACHABLE`, or the statement's error. */
export function askOn(
  client: Pool | PoolClient,
  { config, names, listener, answerMs, onStatement, onBreak }: AskDeps,
): Ask {
  const patience = answerMs === undefined ? {} : { query_timeout: answerMs };
  return async (text, values = []) => {
    const slow = setTimeout(listener.probeSoon, slowMs);
    try {
      countStatement(client, text);
      onStatement?.(text);
      const name = names.nameOf(text);
      const kept = name === undefined ? {} : { name };
      const result = await client.query({ ...kept, text, values: [...values], ...patience });
      failAfter("postgres");
      return result;
    } catch (error) {
      if (isOutdatedStatement(error)) names.renew();
      const failure = wrapConnectionError(error, config);
      if (failure instanceof SealrunError) onBreak?.(failure);
      throw failure;
    } finally {
      clearTimeout(slow);
    }
  };
}

/** The ways to read an answer. */
export function statementsOn(ask: Ask): Statements {
  return {
    rows: async (schema, text, values) => (await ask(text, values)).rows.map((row) => schema.parse(row)),
    row: async (schema, text, values) => {
      const first: unknown = (await ask(text, values)).rows[0];
      return first === undefined ? undefined : schema.parse(first);
    },
    run: async (text, values) => (await ask(text, values)).rowCount ?? 0,
  };
}
