const maxCompared = 64;

/**
 * The known name that the given name most likely misspells or shortens (`params`, `desc`), or undefined when none is
 * close. Case does not count.
 */
export function closestName(given: string, known: readonly string[]): string | undefined {
  if (given.length > maxCompared) return undefined;
  const allowed = given.length <= 4 ? 1 : 2;
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase());
    if (distance <= allowed && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name ?? known.find((name) => isShortOf(given.toLowerCase(), name.toLowerCase()));
}

/** True when all of a name but an s at its end begins the other, and is long enough to mean it. */
function isShortOf(given: string, name: string): boolean {
  const stem = given.endsWith("s") ? given.slice(0, -1) : given;
  return stem.length >= 3 && name.startsWith(stem);
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const cost = from[row - 1] === to[column - 1] ? 0 : 1;
      let distance = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + cost);
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && isSwap) distance = Math.min(distance, at(beforeLast, column - 2) + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
