import { statementVerbs, verbOf } from "./known-values.ts";
import type { MetricSet } from "./metric-set.ts";

/** Counts the statements that a process sends to PostgreSQL. */
export function countStatements(set: Pick<MetricSet, "counter">): (statement: string) => void {
  const count = set.counter({
    name: "sealrun_statements_total",
    help: "Statements sent to PostgreSQL, by their first word",
    labels: { verb: statementVerbs },
  });
  return (statement) => count({ verb: verbOf(statement) });
}
