/** The maximum number of items in one transaction: some 200 ms of PostgreSQL's time. */
const maxItems = 5_000;

/** How much goes into one transaction: half after a failure, double after a success. */
export interface BatchSize {
  /** The first chunks that fit, at least one of them. */
  readonly take: <T extends { readonly report: { readonly items: readonly unknown[] } }>(
    chunks: readonly T[],
  ) => readonly T[];
  /** Adapts to the last transaction: a failed one may have been too large to end in time. */
  readonly note: (isStored: boolean) => void;
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
    note: (isStored) => {
      items = isStored ? Math.min(largest, items * 2) : Math.max(1, Math.floor(items / 2));
    },
  };
}
