import type { ExecutionSummary } from "@sealrun/protocol";

/** The rows that are shown, and how many newer ones wait for a click, so that no row moves under a reader. */
interface ShownRows {
  readonly shown: readonly ExecutionSummary[];
  readonly newer: number;
}

/** Hides rows accepted after `topAt`, the newest row's time at the reader's last click; shows all rows without it. */
export function holdBack(rows: readonly ExecutionSummary[], topAt: string | undefined): ShownRows {
  if (topAt === undefined) return { shown: rows, newer: 0 };
  const shown = rows.filter(({ createdAt }) => createdAt <= topAt);
  return { shown, newer: rows.length - shown.length };
}
