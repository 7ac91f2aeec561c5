import type { Database, Sql } from "@sealrun/postgres";

/** A database that notes the text of each statement, "begin" and "commit" among them. */
export function countStatements(database: Database, texts: string[]): Database {
  return {
    ...database,
    ...noteStatements(database, texts),
    transaction: async (work, options) => {
      texts.push("begin");
      const answer = await database.transaction(
        async (sql) => work({ ...sql, ...noteStatements(sql, texts) }),
        options,
      );
      texts.push("commit");
      return answer;
    },
  };
}

/** The functions of `sql`, which note the text of each statement first. */
export function noteStatements(sql: Sql, texts: string[]): Pick<Sql, "rows" | "row" | "run"> {
  const note = (text: string): void => void texts.push(text.replaceAll(/\s+/g, " ").trim());
  return {
    rows: async (schema, text, values) => {
      note(text);
      return sql.rows(schema, text, values);
    },
    row: async (schema, text, values) => {
      note(text);
      return sql.row(schema, text, values);
    },
    run: async (text, values) => {
      note(text);
      return sql.run(text, values);
    },
  };
}
