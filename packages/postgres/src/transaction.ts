import type { Pool, PoolClient } from "pg";
import { wrapConnectionError } from "./connection.ts";
import { addsToAudit, auditBell, type Rings } from "./rings.ts";
import type { Sql } from "./sql.ts";
import { type AskDeps, askOn, statementsOn } from "./statements.ts";

/** The pool of a transaction, and the bells that it may ring after its commit. */
export interface TransactionDeps extends Omit<AskDeps, "onBreak"> {
  readonly pool: Pool;
  readonly rings: Rings;
}

/**
 * Commits what `work` did, or rolls back when it throws. "begin" travels with the first statement: nothing waits for its
 * answer alone.
 */
export async function inTransaction<T>(deps: TransactionDeps, work: (sql: Sql) => Promise<T>): Promise<T> {
  const { rings, ...use } = deps;
  const client = await connect(deps);
  let broken: Error | undefined;
  const onBreak = (error: Error): void => {
    broken = error;
  };
  client.on("error", onBreak);
  const ask = askOn(client, { ...use, onBreak });
  const rung = new Set<string>();
  let isOver = false;

  const begun = Promise.all([
    ask("begin"),
    use.answerMs === undefined ? undefined : ask(`set local statement_timeout = ${use.answerMs}`),
  ]);
  // Each statement reports its failure.
  begun.catch(() => undefined);
  const askWithin: typeof ask = async (text, values) => {
    if (isOver) throw new TypeError("A statement came after the last one of its transaction");
    if (addsToAudit(text)) rung.add(auditBell);
    const [, result] = await Promise.all([begun, ask(text, values)]);
    return result;
  };
  const commit = async (): Promise<void> => {
    isOver = true;
    try {
      await ask("commit");
    } finally {
      // A commit without an answer may have happened.
      for (const bell of rung) rings.ring(bell);
    }
  };
  const sql: Sql = {
    ...statementsOn(askWithin),
    runLast: async (text, values) => {
      const [last, committed] = await Promise.allSettled([askWithin(text, values), commit()]);
      // After a statement that failed, PostgreSQL takes "commit" as "rollback".
      if (last.status === "rejected") throw last.reason;
      if (committed.status === "rejected") throw committed.reason;
      return last.value.rowCount ?? 0;
    },
    ring: (bell) => void rung.add(bell),
  };
  try {
    const answer = await work(sql);
    await begun;
    if (!isOver) await commit();
    return answer;
  } catch (error) {
    // A broken or silent connection is discarded without waiting: PostgreSQL rolls back by itself.
    if (broken === undefined && !isOver) await ask("rollback").catch(() => undefined);
    throw error;
  } finally {
    client.off("error", onBreak);
    client.release(broken);
  }
}

async function connect({ pool, config }: Pick<TransactionDeps, "pool" | "config">): Promise<PoolClient> {
  return pool.connect().catch((error: unknown) => {
    throw wrapConnectionError(error, config);
  });
}
