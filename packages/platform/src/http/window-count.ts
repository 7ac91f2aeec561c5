import { SealrunError } from "@sealrun/protocol";

/** Counts by name in windows of equal length; all counts start again with each window. */
export interface WindowCount {
  /** Counts one more; `RATE_LIMITED` when that is over the maximum of this window. */
  add(name: string): void;
  /** `RATE_LIMITED` while the maximum of this window is reached. */
  check(name: string): void;
}

/** A count with a maximum per window and name, and the sentence for what is over it. */
export function createWindowCount(
  { max, windowMs, sentence }: { readonly max: number; readonly windowMs: number; readonly sentence: string },
  now: () => number = Date.now,
): WindowCount {
  const counts = new Map<string, number>();
  let endsAt = 0;
  const read = (name: string): number => {
    if (now() >= endsAt) {
      counts.clear();
      endsAt = now() + windowMs;
    }
    return counts.get(name) ?? 0;
  };
  const refuseOver = (count: number, allowed: number): void => {
    if (count > allowed) throw new SealrunError("RATE_LIMITED", sentence);
  };
  return {
    add: (name) => {
      const count = read(name) + 1;
      counts.set(name, count);
      refuseOver(count, max);
    },
    check: (name) => refuseOver(read(name), max - 1),
  };
}
