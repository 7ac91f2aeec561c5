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
  for (const batch of batches(rows)) {
    const tuples = batch.map((row, index) => tuple(row.length, index * row.length));
    await sql.run(`insert into ${into} values ${tuples.join(", ")} ${suffix}`, batch.flat());
  }
}

function* batches(rows: readonly (readonly unknown[])[]): Generator<readonly (readonly unknown[])[]> {
  let batch: (readonly unknown[])[] = [];
  let parameters = 0;
  let bytes = 0;
  for (const row of rows) {
    const rowBytes = row.reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.length : 0), 0);
    if (batch.length > 0 && (parameters + row.length > maxParameters || bytes + rowBytes > maxBytes)) {
      yield batch;
      batch = [];
      parameters = 0;
      bytes = 0;
    }
    batch.push(row);
    parameters += row.length;
    bytes += rowBytes;
  }
  if (batch.length > 0) yield batch;
}

function tuple(width: number, offset: number): string {
  return `(${Array.from({ length: width }, (_, column) => `$${offset + column + 1}`).join(", ")})`;
}
