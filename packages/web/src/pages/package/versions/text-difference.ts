import { structuredPatch } from "diff";

/** A line of a unified difference with its numbers before and after. */
interface DifferenceLine {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Lines that belong together, with three that are the same around them. */
export interface Hunk {
  readonly start: number;
  readonly lines: readonly DifferenceLine[];
}

/** Beyond these the difference is as long as the files, and looking for it stalls the page. */
const maxEdits = 3_000;
const longestMs = 1_500;

/** How two texts differ, or undefined when they share too little to be worth comparing. */
export function compareTexts(before: string, after: string): readonly Hunk[] | undefined {
  const options = { context: 3, maxEditLength: maxEdits, timeout: longestMs };
  const patch = structuredPatch("", "", before, after, undefined, undefined, options);
  return patch?.hunks.map(({ oldStart, newStart, lines }) => {
    let [old, now] = [oldStart, newStart];
    const shown = lines.flatMap((line): readonly DifferenceLine[] => {
      const text = line.slice(1);
      if (line.startsWith("+")) return [{ kind: "added", text, before: undefined, after: now++ }];
      if (line.startsWith("-")) return [{ kind: "removed", text, before: old++, after: undefined }];
      // "\ No newline at end of file" is no line.
      return line.startsWith("\\") ? [] : [{ kind: "same", text, before: old++, after: now++ }];
    });
    return { start: newStart, lines: shown };
  });
}
