import type { Database } from "@sealrun/postgres";
import { z } from "zod";

const plans = z.array(
  z.object({
    Plan: z.object({ "Shared Hit Blocks": z.number(), "Shared Read Blocks": z.number() }),
  }),
);

/**
 * A database that explains each statement of `rows` before it runs it, and how many pages of tables and indexes they
 * touched: the same on every machine, whatever else it does.
 */
export function countBuffers(database: Database): { readonly database: Database; readonly buffers: () => number } {
  let buffers = 0;
  return {
    buffers: () => buffers,
    database: {
      ...database,
      rows: async (schema, text, values) => {
        const found = await database.row(
          z.object({ "QUERY PLAN": plans }),
          `explain (analyze, buffers, timing off, format json) ${text}`,
          values,
        );
        for (const { Plan: plan } of found?.["QUERY PLAN"] ?? []) {
          buffers += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
        }
        return database.rows(schema, text, values);
      },
    },
  };
}
