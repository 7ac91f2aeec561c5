import type { Sql } from "@sealrun/postgres";

// PostgreSQL accepts 65,535 parameters in one statement; the limit of bytes keeps one protocol message small.
const maxParameters = 10_000;
const maxBytes = 8 * 1_048_576;

/** Inserts many rows in as few statements as possible. `into` is the caller's SQL: "table (a, b)". */
export async function insertRows(
  sql: Sql,
  into: string,
  rows: readonly (readonly unknown[])[],
  suffix = "",
): Promise<void> {
  const of = Math.floor(maxParameters / (rows[0]?.length ?? 1));
  for (const batch of inBatches(rows, { of, sizeOf: bytesOf })) {
    const tuples = batch.map((row, index) => tuple(row.length, index * row.length));
    await sql.run(`insert into ${into} values ${tuples.join(", ")} ${suffix}`, batch.flat());
  }
}

/**
 * Cuts a list into batches for one statement each: of at most `of` items, and of few bytes. `sizeOf` counts an item's
 * binary values.
 */
export function* inBatches<T>(
  items: readonly T[],
  { of, sizeOf }: { readonly of: number; readonly sizeOf: (item: T) => number },
): Generator<readonly T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (batch.length > 0 && (batch.length >= of || bytes + size > maxBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function bytesOf(row: readonly unknown[]): number {
  return row.reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.length : 0), 0);
}

function tuple(width: number, offset: number): string {
  return `(${Array.from({ length: width }, (_, column) => `$${offset + column + 1}`).join(", ")})`;
}
