import { countOf } from "@sealrun/protocol";
/** How many filters are set, in words; empty for none. */
export function filterCount(count: number): string {
  if (count === 0) return "";
  return countOf(count, "filter");
}
