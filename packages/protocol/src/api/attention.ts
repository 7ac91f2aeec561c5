import type { ExecutionStatus } from "../wire/execution.ts";

/** What decides whether a package needs attention. */
export interface PackageState {
  /** Of its newest execution; undefined when it never ran. */
  readonly lastStatus: ExecutionStatus | undefined;
  /** How many secrets it asks for that no scope has. */
  readonly missing: number;
}

/** Why a package needs attention: its newest run failed or was lost, or waits, or it is missing secrets. */
export type AttentionKind = "ended" | "waiting" | "missing";

/** Every reason why a package needs attention; none when all is well. The home page lists them, and the list of projects counts by them. */
export function attentionKinds({ lastStatus, missing }: PackageState): readonly AttentionKind[] {
  const kinds: AttentionKind[] = [];
  if (lastStatus === "failed" || lastStatus === "lost") kinds.push("ended");
  if (lastStatus === "queued") kinds.push("waiting");
  if (missing > 0) kinds.push("missing");
  return kinds;
}
