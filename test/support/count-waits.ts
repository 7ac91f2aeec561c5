import type { Database, Sql } from "@sealrun/postgres";

type Asking = Pick<Sql, "rows" | "row" | "run" | "last">;

/** A database, and how often its user has waited for it: statements that are asked for together are one wait. */
export function countWaits(database: Database): { readonly database: Database; readonly takeWaits: () => number } {
  let waits = 0;
  const noteWaits = (sql: Asking, onLast?: () => void): Asking => {
    let unanswered = 0;
    const ask = async <T>(answer: Promise<T>): Promise<T> => {
      if (unanswered === 0) waits += 1;
      unanswered += 1;
      return answer.finally(() => {
        unanswered -= 1;
      });
    };
    return {
      rows: async (...asked) => ask(sql.rows(...asked)),
      row: async (...asked) => ask(sql.row(...asked)),
      run: async (...asked) => ask(sql.run(...asked)),
      last: async (work) => {
        onLast?.();
        return sql.last(work);
      },
    };
  };
  const transaction: Database["transaction"] = async (work, options) => {
    let isCommitted = false;
    const onLast = (): void => {
      isCommitted = true;
    };
    const answer = await database.transaction(async (sql) => work({ ...sql, ...noteWaits(sql, onLast) }), options);
    if (!isCommitted) waits += 1;
    return answer;
  };
  const takeWaits = (): number => {
    const taken = waits;
    waits = 0;
    return taken;
  };
  // Outside a transaction each statement has a connection of its own.
  return { database: { ...database, transaction }, takeWaits };
}
