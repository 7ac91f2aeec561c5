import type { z } from "zod";

/** Statements that read and change rows. Rows are outside data: the schema parses each. */
export interface Statements {
  /** All rows. */
  rows<T>(schema: z.ZodType<T>, text: string, values?: readonly unknown[]): Promise<T[]>;
  /** The first row, or undefined. */
  row<T>(schema: z.ZodType<T>, text: string, values?: readonly unknown[]): Promise<T | undefined>;
  /** Runs a statement and returns the number of affected rows. */
  run(text: string, values?: readonly unknown[]): Promise<number>;
}

/**
 * Statements on one database or inside one transaction. Statements of one transaction that are asked for without
 * waiting for the ones before (`Promise.all`) travel together, and PostgreSQL runs them in that order.
 */
export interface Sql extends Statements {
  /**
   * Does the last work of a transaction: "commit" travels with the statements that `work` sends before it first waits
   * for an answer, and nothing may follow. Only where no answer decides whether to commit: when it throws, PostgreSQL
   * has rolled back, unless the connection broke, or `work` threw after all its statements had succeeded. All its
   * statements must be sent before the first answer: those before a later one are committed, and that one throws.
   */
  last<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Calls this process's listeners of a bell (`Database.onRing`), in a transaction after its commit. Other processes
   * hear nothing: what they must hear at once is notified, and for the rest they look now and then.
   */
  ring(bell: string): void;
}
