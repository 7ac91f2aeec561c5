/** The maximum number of items in one transaction: some 200 ms of PostgreSQL's time. */
const maxItems = 5_000;

interface Sized {
  readonly report: { readonly items: readonly unknown[] };
}

/** How much goes into one transaction: half of it after a failure, double the limit after a success. */
export interface BatchSize {
  /** The first chunks that fit, at least one of them. */
  readonly take: <T extends Sized>(chunks: readonly T[]) => readonly T[];
  /** Adapts to the last transaction, which had these chunks: a failed one may have been too large to end in time. */
  readonly note: (isStored: boolean, chunks: readonly Sized[]) => void;
}

/** A size that starts at its maximum. A chunk is never divided, so the minimum is one chunk. */
export function createBatchSize(largest: number = maxItems): BatchSize {
  let items = largest;
  return {
    take: (chunks) => {
      let count = 0;
      let taken = 0;
      for (const { report } of chunks) {
        if (taken > 0 && count + report.items.length > items) break;
        count += report.items.length;
        taken += 1;
      }
      return chunks.slice(0, taken);
    },
    note: (isStored, chunks) => {
      const tried = chunks.reduce((sum, { report }) => sum + report.items.length, 0);
      items = isStored ? Math.min(largest, items * 2) : Math.max(1, Math.floor(Math.min(items, tried) / 2));
    },
  };
}
