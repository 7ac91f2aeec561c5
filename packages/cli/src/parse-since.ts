import { SealrunError, showName } from "@sealrun/protocol";
import { z } from "zod";

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const iso = z.iso.datetime({ offset: true });

/** A time as ISO 8601, from such a time or from an age such as 12h; `USAGE` for anything else. */
export function parseSince(text: string): string {
  const [, count, unit = ""] = /^([1-9]\d{0,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(Date.now() - Number(count) * (units[unit] ?? 0)).toISOString();
  if (iso.safeParse(text).success) return text;
  throw new SealrunError(
    "USAGE",
    `--since: expected a time such as 2026-01-31T12:00:00Z, or 30m, 12h, 7d, found ${showName(text)}`,
  );
}
