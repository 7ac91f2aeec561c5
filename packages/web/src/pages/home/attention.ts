import { attentionKinds, type MissingSecret, type PackageOverview } from "@sealrun/protocol";

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
  return attentionKinds({ lastStatus: lastRun?.status, missing: missing.length }).flatMap((kind): readonly Reason[] => {
    if (kind === "missing") return [{ kind, names: missing }];
    if (lastRun === null) return [];
    const { id, status, waiting, finishedAt, createdAt } = lastRun;
    // It may have left the queue while the platform answered.
    if (kind === "waiting") return [{ kind, id, sentence: waiting ?? "It starts now" }];
    return [{ kind, status: status === "lost" ? status : "failed", id, at: finishedAt ?? createdAt }];
  });
}
