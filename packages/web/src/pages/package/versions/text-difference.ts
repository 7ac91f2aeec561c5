import { structuredPatch } from "diff";

/** A line of a unified difference with its numbers before and after. */
interface DifferenceLine {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Changed lines close to each other, with three unchanged lines around them. */
export interface Hunk {
  readonly start: number;
  readonly lines: readonly DifferenceLine[];
}

/** Beyond these limits the difference is as long as the files, and computing it blocks the page. */
const maxEdits = 3_000;
const timeoutMs = 1_500;

/** How two texts differ, or undefined when they are too different to compare. */
export function compareTexts(before: string, after: string): readonly Hunk[] | undefined {
  const options = { context: 3, maxEditLength: maxEdits, timeout: timeoutMs };
  const patch = structuredPatch("", "", before, after, undefined, undefined, options);
  return patch?.hunks.map(({ oldStart, newStart, lines }) => {
    let [old, now] = [oldStart, newStart];
    const shown = lines.flatMap((line): readonly DifferenceLine[] => {
      const text = line.slice(1);
      if (line.startsWith("+")) return [{ kind: "added", text, before: undefined, after: now++ }];
      if (line.startsWith("-")) return [{ kind: "removed", text, before: old++, after: undefined }];
      // "\ No newline at end of file" is not a line.
      return line.startsWith("\\") ? [] : [{ kind: "same", text, before: old++, after: now++ }];
    });
    return { start: newStart, lines: shown };
  });
}
