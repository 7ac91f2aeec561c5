import type { MissingSecret, PackageOverview } from "@sealrun/protocol";

/** Why a package needs attention. */
export type Reason =
  | { readonly kind: "ended"; readonly status: "failed" | "lost"; readonly id: string; readonly at: string }
  | { readonly kind: "waiting"; readonly id: string; readonly sentence: string }
  | { readonly kind: "missing"; readonly names: readonly MissingSecret[] };

/** A package that needs attention, with every reason. */
interface Attention {
  readonly package: string;
  readonly reasons: readonly Reason[];
}

/** The packages that need attention, in the given order: their last run failed, was lost or waits, or they are missing secrets. */
export function findAttention(packages: readonly PackageOverview[]): readonly Attention[] {
  return packages
    .map((each) => ({ package: each.name, reasons: findReasons(each) }))
    .filter(({ reasons }) => reasons.length > 0);
}

function findReasons({ lastRun, missing }: PackageOverview): readonly Reason[] {
  const reasons: Reason[] = [];
  if (lastRun?.status === "failed" || lastRun?.status === "lost") {
    reasons.push({
      kind: "ended",
      status: lastRun.status,
      id: lastRun.id,
      at: lastRun.finishedAt ?? lastRun.createdAt,
    });
  }
  if (lastRun !== null && lastRun.status === "queued" && lastRun.waiting !== null) {
    reasons.push({ kind: "waiting", id: lastRun.id, sentence: lastRun.waiting });
  }
  if (missing.length > 0) reasons.push({ kind: "missing", names: missing });
  return reasons;
}
