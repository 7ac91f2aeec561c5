import { SealrunError } from "./error.ts";
import { limits } from "./limits.ts";

/** When another clock was asked for its time and when its answer arrived: ms on this machine's clock. */
interface Reading {
  readonly askedAt: number;
  readonly answeredAt: number;
}

/**
 * The least time in ms that another machine's clock is ahead of this machine's; negative when it is behind. The other
 * clock was read at an unknown moment between request and answer, so 0 also means unknown.
 */
export function aheadBy(clockMs: number, { askedAt, answeredAt }: Reading): number {
  if (clockMs < askedAt) return clockMs - askedAt;
  return Math.max(0, clockMs - answeredAt);
}

/**
 * `CLOCK_WRONG` when the clock of `other` and the clock of this machine (`own`) differ by more than
 * `limits.clockApartMs`; else undefined.
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
