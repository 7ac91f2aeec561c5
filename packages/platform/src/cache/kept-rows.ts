/** Rows of one table in memory, by the key that they are looked up by. */
export interface KeptRows<T> {
  /** The kept row of a key, or what `read` finds, which is then kept; undefined is never kept. */
  find<R extends T | undefined>(key: string, read: () => Promise<R>): Promise<T | R>;
  /** Forgets every row; what is being read at the moment will not be kept. */
  forget(): void;
}

/** The limits of kept rows. Beyond them the row that was not used for the longest time is forgotten. */
export interface KeptLimits<T> {
  readonly maxRows: number;
  /** The sum of what `weigh` says of the rows. */
  readonly maxBytes: number;
  readonly weigh: (row: T) => number;
}

/** Keeps rows while `mayUse` is true: while it is false, every row is read. */
export function createKeptRows<T>({ maxRows, maxBytes, weigh }: KeptLimits<T>, mayUse: () => boolean): KeptRows<T> {
  // A map iterates in the order of insertion: the first row is the one that was not used for the longest time.
  const rows = new Map<string, { readonly row: T; readonly bytes: number }>();
  let bytes = 0;
  let changes = 0;
  const remove = (key: string): void => {
    bytes -= rows.get(key)?.bytes ?? 0;
    rows.delete(key);
  };
  const keep = (key: string, row: T): void => {
    remove(key);
    const added = { row, bytes: weigh(row) };
    rows.set(key, added);
    bytes += added.bytes;
    for (const oldest of rows.keys()) {
      if (rows.size <= maxRows && bytes <= maxBytes) break;
      remove(oldest);
    }
  };
  return {
    find: async (key, read) => {
      const known = mayUse() ? rows.get(key) : undefined;
      if (known !== undefined) {
        rows.delete(key);
        rows.set(key, known);
        return known.row;
      }
      const before = changes;
      const row = await read();
      // A row that was changed during the read may have been read before the change.
      if (row !== undefined && before === changes) keep(key, row);
      return row;
    },
    forget: () => {
      changes += 1;
      rows.clear();
      bytes = 0;
    },
  };
}
