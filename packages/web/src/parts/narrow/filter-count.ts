/** How many filters are set, in words; empty for none. */
export function filterCount(count: number): string {
  if (count === 0) return "";
  return count === 1 ? "1 filter" : `${count} filters`;
}
