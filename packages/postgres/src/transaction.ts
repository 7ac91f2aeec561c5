import { setImmediate } from "node:timers/promises";
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
  /** Commits after what `done` has sent; its failure is told before the one of the commit that it caused. */
  const commit = async <T>(done: Promise<T>): Promise<T> => {
    isOver = true;
    const [answer, committed] = await Promise.allSettled([done, ask("commit")]);
    // A commit without an answer may have happened.
    for (const bell of rung) rings.ring(bell);
    if (answer.status === "rejected") throw answer.reason;
    if (committed.status === "rejected") throw committed.reason;
    // After a statement that failed, PostgreSQL takes "commit" as "rollback".
    if (committed.value.command !== "COMMIT") throw new TypeError("A transaction went on after a failed statement");
    return answer.value;
  };
  const sql: Sql = {
    ...statementsOn(askWithin),
    last: async (work) => {
      const done = work();
      await failureAtOnce(done);
      return commit(done);
    },
    ring: (bell) => void rung.add(bell),
  };
  try {
    const answer = await work(sql);
    await begun;
    return isOver ? answer : await commit(Promise.resolve(answer));
  } catch (error) {
    // A broken or silent connection is discarded without waiting: PostgreSQL rolls back by itself.
    const isOpen = broken === undefined && !isOver;
    // What is still to come must not be sent on a connection that others use by then.
    isOver = true;
    if (isOpen) await ask("rollback").catch(() => undefined);
    throw error;
  } finally {
    client.off("error", onBreak);
    client.release(broken);
  }
}

/**
 * Throws what `done` fails with before any answer can have come. PostgreSQL does not know of such a failure, and would
 * commit the statements that were sent before it.
 */
async function failureAtOnce(done: Promise<unknown>): Promise<void> {
  // All callbacks that wait for nothing run before this.
  await Promise.race([done, setImmediate()]);
}

async function connect({ pool, config }: Pick<TransactionDeps, "pool" | "config">): Promise<PoolClient> {
  return pool.connect().catch((error: unknown) => {
    throw wrapConnectionError(error, config);
  });
}
