import type { Sql } from "@sealrun/postgres";
import { noteStatements } from "./count-statements.ts";

/** Statements on `sql` that are counted, and the waits for PostgreSQL: what is sent together is one. */
export function countStatements(sql: Sql): Sql & { readonly count: () => number; readonly waits: () => number } {
  const texts: string[] = [];
  let waits = 0;
  let unanswered = 0;
  const counted = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (unanswered === 0) waits += 1;
    unanswered += 1;
    try {
      return await ask();
    } finally {
      unanswered -= 1;
    }
  };
  const noted = noteStatements(sql, texts);
  return {
    ...sql,
    rows: async (schema, text, values) => counted(async () => noted.rows(schema, text, values)),
    row: async (schema, text, values) => counted(async () => noted.row(schema, text, values)),
    run: async (text, values) => counted(async () => noted.run(text, values)),
    count: () => texts.length,
    waits: () => waits,
  };
}
