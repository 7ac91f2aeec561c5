import type { ExecutionStatus } from "@sealrun/protocol";
import { z } from "zod";

/** What the packages of a project can be sorted by. */
export const packageSort = z.enum(["name", "run", "failed", "pushed"]);
export type PackageSort = z.infer<typeof packageSort>;

interface Sorted {
  readonly pushedAt: string;
  readonly lastRun: { readonly status: ExecutionStatus; readonly createdAt: string } | null;
}

/**
 * The packages in order: by name, as the platform sends them; the last run first; failed and lost first, then those
 * that wait or run; or the last push first.
 */
export function sortPackages<Row extends Sorted>(packages: readonly Row[], by: PackageSort): readonly Row[] {
  switch (by) {
    case "name":
      return packages;
    case "run":
      return packages.toSorted((one, other) => compare(ranAt(other), ranAt(one)));
    case "failed":
      return packages.toSorted((one, other) => urgency(other) - urgency(one) || compare(ranAt(other), ranAt(one)));
    case "pushed":
      return packages.toSorted((one, other) => compare(other.pushedAt, one.pushedAt));
  }
}

/** Packages that never ran come last. */
function ranAt({ lastRun }: Sorted): string {
  return lastRun?.createdAt ?? "";
}

function urgency({ lastRun }: Sorted): number {
  switch (lastRun?.status) {
    case "failed":
    case "lost":
      return 2;
    case "queued":
    case "running":
      return 1;
    case "succeeded":
    case "cancelled":
    case undefined:
      return 0;
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
