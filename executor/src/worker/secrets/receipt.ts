import type { Masking, ReadOutcome, ReportItem, Scope } from "@sealrun/protocol";

/** One read of a secret, for the receipt. */
export interface Read {
  readonly step: number;
  readonly name: string;
  readonly scope: Scope | null;
  readonly version: number | null;
  readonly outcome: ReadOutcome;
  /** How much of the value is masked; null when there is none. */
  readonly masking: Masking | null;
}

/** Reports a read once per step, name, scope, version and outcome, however often a script asks. */
export function createReceipt(report: (item: ReportItem) => Promise<void>): (read: Read) => Promise<void> {
  const known = new Set<string>();
  return async (read) => {
    const key = JSON.stringify([read.step, read.name, read.scope, read.version, read.outcome]);
    if (known.has(key)) return;
    known.add(key);
    await report({ type: "read", ...read, time: Date.now() });
  };
}
