import { SealrunError, showName } from "@sealrun/protocol";
import { z } from "zod";
import { readAge } from "./parse-duration.ts";

const iso = z.iso.datetime({ offset: true });

/** Parses an option's time, as ISO 8601 or as an age such as 12h, to ISO 8601; `USAGE` for anything else. */
export function parseTimeOrAge(option: string): (text: string) => string {
  return (text) => {
    const ageMs = readAge(text);
    if (ageMs !== undefined) return new Date(Date.now() - ageMs).toISOString();
    if (iso.safeParse(text).success) return text;
    throw new SealrunError(
      "USAGE",
      `${option}: expected a time such as 2026-01-31T12:00:00Z, or 30m, 12h, 7d, found ${showName(text)}`,
    );
  };
}
