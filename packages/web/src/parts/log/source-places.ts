/** A line of a file that a text names. */
export interface SourcePlace {
  /** Where the name stands in the text. */
  readonly from: number;
  readonly to: number;
  /** A path in the package. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** Longer ones are in no package. */
const maxPath = 512;
/** Python's form, which may have spaces in the path. */
const pythonFrame = /File "([^"\n]{1,600})", line (\d{1,7})(?!\d)/g;
/** What follows the path in the form of JavaScript, of compilers and of grep: a line, and often a column. */
const lineAndColumn = /:(\d{1,7})(?::\d{1,7})?(?![\d\w])/g;
/** What no path of that form has: it would be found in the middle of something else. */
const notInPath = /[\s"'`()<>[\]{}|,;:=*?\\]/;

/**
 * Finds where a line of output names a line of one of the package's files, such as `lib/x.ts:4:9`, `/work/lib/x.ts:4` and
 * `File "/work/a.py", line 3`. The text is a script's and may be anything: only paths in `files` count.
 */
export function findPlaces(text: string, files: ReadonlySet<string>): readonly SourcePlace[] {
  const places: SourcePlace[] = [];
  for (const found of text.matchAll(pythonFrame)) {
    add(places, files, { from: found.index, to: found.index + found[0].length }, found[1], found[2]);
  }
  for (const found of text.matchAll(lineAndColumn)) {
    const from = startOfPath(text, found.index);
    const range = { from, to: found.index + found[0].length };
    add(places, files, range, text.slice(from, found.index), found[1]);
  }
  return places.toSorted((left, right) => left.from - right.from);
}

function startOfPath(text: string, end: number): number {
  let at = end;
  while (at > 0 && end - at < maxPath && !notInPath.test(text.charAt(at - 1))) at -= 1;
  return at;
}

function add(
  places: SourcePlace[],
  files: ReadonlySet<string>,
  range: { readonly from: number; readonly to: number },
  written = "",
  line = "",
): void {
  const path = pathInPackage(written);
  if (path !== undefined && files.has(path) && Number(line) > 0) places.push({ ...range, path, line: Number(line) });
}

/** A script's folder is `/work`; a URL has more slashes before it. */
function pathInPackage(written: string): string | undefined {
  if (written.startsWith("/")) return /^\/{1,3}work\/(.+)$/s.exec(written)?.[1];
  return written.startsWith("./") ? written.slice(2) : written;
}
