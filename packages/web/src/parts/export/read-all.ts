/** What was read, and whether more was left. */
export interface ReadRows<R> {
  readonly rows: readonly R[];
  readonly isCut: boolean;
}

/** Reads page after page, up to `maxRows`; `readPage` gets where the last page ended. */
export async function readAll<R>(
  readPage: (before: string | undefined) => Promise<{ readonly rows: readonly R[]; readonly next: string | null }>,
  maxRows: number,
): Promise<ReadRows<R>> {
  const rows: R[] = [];
  let before: string | undefined;
  for (;;) {
    const page = await readPage(before);
    rows.push(...page.rows);
    if (page.next === null || rows.length >= maxRows) {
      return { rows: rows.slice(0, maxRows), isCut: page.next !== null || rows.length > maxRows };
    }
    before = page.next;
  }
}
