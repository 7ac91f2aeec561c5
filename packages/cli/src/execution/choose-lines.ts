import type { EarlyLine } from "@sealrun/protocol";

/** Which lines of a log to print. */
export interface LineChoice {
  /** Only those of this step. */
  readonly step?: string | undefined;
  /** ISO 8601: only those written then or later. */
  readonly since?: string | undefined;
}

/** True for the lines to print. */
export function chooseLines({ step, since }: LineChoice): (line: EarlyLine) => boolean {
  const sinceMs = since === undefined ? undefined : Date.parse(since);
  return (line) =>
    (step === undefined || line.step === step) && (sinceMs === undefined || Date.parse(line.time) >= sinceMs);
}
