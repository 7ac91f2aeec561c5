import type { AuditRow } from "@sealrun/protocol";

/** Rows that follow each other and say the same: the newest of them, and how many there are. */
export interface FoldedRow {
  readonly row: AuditRow;
  readonly count: number;
  /** The time of the oldest of them. */
  readonly since: string;
}

/** Folds rows that follow each other with the same actor, action, object and details, such as a hundred wrong tokens. */
export function foldRepeats(rows: readonly AuditRow[]): readonly FoldedRow[] {
  const folded: FoldedRow[] = [];
  let key = "";
  for (const row of rows) {
    const own = JSON.stringify([row.actor, row.action, row.object, row.detail]);
    const last = folded.at(-1);
    if (last !== undefined && own === key) {
      folded[folded.length - 1] = { row: last.row, count: last.count + 1, since: row.at };
    } else {
      folded.push({ row, count: 1, since: row.at });
    }
    key = own;
  }
  return folded;
}
