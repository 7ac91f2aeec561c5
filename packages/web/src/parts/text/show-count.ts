/** A number of things as people write it: "12,345". */
export function showCount(count: number): string {
  return count.toLocaleString("en");
}
