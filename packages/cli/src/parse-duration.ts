import { SealrunError, showName } from "@sealrun/protocol";

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The longest that a timer of Node takes, in days: 2^31 milliseconds. */
const maxDays = 24;

/** Parses an option's span of time, such as 90s, 10m or 2h, as milliseconds; `USAGE` for anything else. */
export function parseDuration(option: string): (text: string) => number {
  return (text) => {
    const ms = readAge(text);
    if (ms !== undefined && ms <= maxDays * 86_400_000) return ms;
    throw new SealrunError(
      "USAGE",
      `${option}: expected a time such as 90s, 10m or 2h, at most ${maxDays}d, found ${showName(text)}`,
    );
  };
}

/** Milliseconds of a span such as 30m; undefined for another form. */
export function readAge(text: string): number | undefined {
  const [, count, unit = ""] = /^([1-9]\d{0,6})([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (units[unit] ?? 0);
}
