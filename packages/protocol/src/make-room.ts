/** Drops what was added first to a map or set of `max` entries, so that one more can be added. */
export function makeRoom(kept: Pick<Map<string, unknown>, "size" | "keys" | "delete">, max: number): void {
  const [oldest] = kept.keys();
  if (kept.size >= max && oldest !== undefined) kept.delete(oldest);
}
