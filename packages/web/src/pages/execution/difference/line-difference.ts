import { diffArrays } from "diff";

/** A run of lines that is in both logs, only in the earlier, or only in the later one. */
export interface LineRun {
  readonly kind: "same" | "removed" | "added";
  readonly lines: readonly string[];
}

/** How two logs differ. `isCut`: not all lines were compared; `runs` is undefined when the logs share too little. */
export interface LineDifference {
  readonly runs: readonly LineRun[] | undefined;
  readonly isCut: boolean;
}

/** How many lines of each log are compared. */
export const maxLines = 5_000;
/** Beyond these the difference is as long as the logs, and computing it stalls the page. */
const maxEdits = 2_000;
const maxSearchMs = 1_500;

/** Compares the first lines of two logs. Texts that differ in every run (times, ids, numbers) count as differences. */
export function compareLines(before: readonly string[], now: readonly string[]): LineDifference {
  const isCut = before.length > maxLines || now.length > maxLines;
  const found = diffArrays(before.slice(0, maxLines), now.slice(0, maxLines), {
    maxEditLength: maxEdits,
    timeout: maxSearchMs,
  });
  const runs = found?.map(({ value, added, removed }): LineRun => {
    return { kind: added ? "added" : removed ? "removed" : "same", lines: value };
  });
  return { runs, isCut };
}

/** A run as it is shown, or the number of identical lines left out. */
export type ShownRun = LineRun | { readonly kind: "folded"; readonly count: number };

/** Of a long identical run, only the lines next to a difference stay. */
export function foldSame(runs: readonly LineRun[], around: number): readonly ShownRun[] {
  return runs.flatMap((run, index): ShownRun[] => {
    if (run.kind !== "same" || run.lines.length <= 2 * around + 1) return [run];
    const head = index === 0 ? [] : run.lines.slice(0, around);
    const tail = index === runs.length - 1 ? [] : run.lines.slice(-around);
    const parts: readonly ShownRun[] = [
      { kind: "same", lines: head },
      { kind: "folded", count: run.lines.length - head.length - tail.length },
      { kind: "same", lines: tail },
    ];
    return parts.filter((part) => part.kind === "folded" || part.lines.length > 0);
  });
}
