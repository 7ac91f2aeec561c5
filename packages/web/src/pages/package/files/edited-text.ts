import { diffArrays } from "diff";

const mark = "\uFEFF";

/** Beyond these the difference is nearly the whole file, and computing it blocks the page. */
const maxEdits = 2_000;
const timeoutMs = 1_000;

/** A file's text as pages show it: without the byte order mark that some editors write first. */
export function withoutMark(text: string): string {
  return text.startsWith(mark) ? text.slice(1) : text;
}

/** A file's text as a browser's field has it: without a byte order mark, and with line feeds only. */
export function textForField(text: string): string {
  return withoutMark(text).replaceAll(/\r\n?/g, "\n");
}

/**
 * The file after an edit in a field. The byte order mark and the ends of unchanged lines stay as they were;
 * other lines get the end that most lines have.
 */
export function textAfterEdit(original: string, typed: string): string {
  if (typed === textForField(original)) return original;
  const before = splitLines(withoutMark(original));
  const after = splitLines(typed);
  const usual = usualEnd(before);
  const kept = matchLines(before, after);
  const lines = after.map((line, index) => {
    const same = kept.get(index);
    // A line that was the last one has no end to keep, and the last one of now gets none.
    const end = line.end === "" ? "" : same === undefined || same.end === "" ? usual : same.end;
    return line.text + end;
  });
  return (original.startsWith(mark) ? mark : "") + lines.join("");
}

interface Line {
  readonly text: string;
  readonly end: string;
}

function splitLines(text: string): readonly Line[] {
  return [...text.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)]
    .map(([, line = "", end = ""]): Line => ({ text: line, end }))
    .filter((line) => line.text !== "" || line.end !== "");
}

function usualEnd(lines: readonly Line[]): string {
  const counts = new Map<string, number>();
  for (const { end } of lines) if (end !== "") counts.set(end, (counts.get(end) ?? 0) + 1);
  const [most] = [...counts].sort(([, left], [, right]) => right - left);
  return most?.[0] ?? "\n";
}

/** Which line of before each unchanged line of after was. */
function matchLines(before: readonly Line[], after: readonly Line[]): ReadonlyMap<number, Line> {
  const matched = new Map<number, Line>();
  const options = { maxEditLength: maxEdits, timeout: timeoutMs };
  const runs = diffArrays(
    before.map(({ text }) => text),
    after.map(({ text }) => text),
    options,
  );
  let [old, now] = [0, 0];
  for (const { count, added, removed } of runs ?? []) {
    if (!added && !removed) {
      before.slice(old, old + count).forEach((line, index) => matched.set(now + index, line));
    }
    if (!added) old += count;
    if (!removed) now += count;
  }
  return matched;
}
