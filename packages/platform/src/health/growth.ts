const dayMs = 86_400_000;
/** A shorter time says little about a day. */
const minMs = dayMs / 2;

/** The size of a table at some time. */
export interface Measured {
  readonly bytes: number;
  readonly rows: number;
  readonly atMs: number;
}

/** How much a table grew in a day, from two measurements; null for both while these are less than half a day apart. */
export function growthPerDay(
  earlier: Measured | undefined,
  now: Measured,
): { readonly bytesPerDay: number | null; readonly rowsPerDay: number | null } {
  const passedMs = earlier === undefined ? 0 : now.atMs - earlier.atMs;
  if (earlier === undefined || passedMs < minMs) return { bytesPerDay: null, rowsPerDay: null };
  const perDay = (amount: number): number => Math.round((amount * dayMs) / passedMs);
  return { bytesPerDay: perDay(now.bytes - earlier.bytes), rowsPerDay: perDay(now.rows - earlier.rows) };
}
