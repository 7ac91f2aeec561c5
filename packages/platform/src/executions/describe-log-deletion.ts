import { countOf, type LogDeletion } from "@sealrun/protocol";

/** What is stored about a deleted log; all null while the log is kept. */
export interface StoredLogDeletion {
  readonly at: Date | null;
  readonly days: number | null;
  readonly rule: LogDeletion["rule"] | null;
}

/** When and by which limit a log was deleted, with a sentence for people; null while it is kept. */
export function describeLogDeletion({ at, days, rule }: StoredLogDeletion): LogDeletion | null {
  if (at === null || days === null || rule === null) return null;
  const keeps = `the ${rule} keeps logs for ${countOf(days, "day")}`;
  const sentence = `Retention deleted the log and the results of the steps on ${at.toISOString().slice(0, 10)}: ${keeps}`;
  return { at: at.toISOString(), days, rule, sentence };
}
