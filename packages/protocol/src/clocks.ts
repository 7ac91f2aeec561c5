import { SealrunError } from "./error.ts";
import { limits } from "./limits.ts";

/** When a clock was asked for its time, and when the answer was here, on this machine's clock in ms. */
interface Reading {
  readonly askedAt: number;
  readonly answeredAt: number;
}

/**
 * By how many ms at least another machine's clock is ahead of this one's, negative when it is behind. It was read at any
 * moment between question and answer, so that 0 also means that nobody knows.
 */
export function aheadBy(clockMs: number, { askedAt, answeredAt }: Reading): number {
  if (clockMs < askedAt) return clockMs - askedAt;
  return Math.max(0, clockMs - answeredAt);
}

/**
 * `CLOCK_WRONG` when the clock of `other` is ahead of, or behind, the one of this machine (`own`) by more than parts
 * can work with; undefined while it is not.
 */
export function judgeClocks(
  aheadMs: number,
  { own, other }: { readonly own: string; readonly other: string },
): SealrunError | undefined {
  if (Math.abs(aheadMs) <= limits.clockApartMs) return undefined;
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const how = aheadMs > 0 ? "behind" : "ahead of";
  return new SealrunError(
    "CLOCK_WRONG",
    `The clock of ${own} is ${seconds} seconds ${how} that of ${other}; check the time service (NTP) on both machines`,
  );
}
