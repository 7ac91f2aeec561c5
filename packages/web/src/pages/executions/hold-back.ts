import type { ExecutionSummary } from "@sealrun/protocol";

/** Rows that are shown, and how many newer ones wait to be asked for, so that nothing moves under a reader. */
interface HeldRows {
  readonly shown: readonly ExecutionSummary[];
  readonly newer: number;
}

/** Holds back what was accepted after `topAt`, the newest row's time when the reader last asked; all is shown without it. */
export function holdBack(rows: readonly ExecutionSummary[], topAt: string | undefined): HeldRows {
  if (topAt === undefined) return { shown: rows, newer: 0 };
  const shown = rows.filter(({ createdAt }) => createdAt <= topAt);
  return { shown, newer: rows.length - shown.length };
}
