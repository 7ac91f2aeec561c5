/** A row of a long list, or blank space in the place of rows that are not drawn. */
export type ListPart =
  | { readonly kind: "row"; readonly index: number }
  | { readonly kind: "space"; readonly height: number; readonly before: number };

/** Where a drawn row begins and ends, from the top of its list. */
export interface PlacedRow {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** The drawn rows in order, with space for what is not drawn before, between and after them; `height` is the list's. */
export function listParts(rows: readonly PlacedRow[], height: number): readonly ListPart[] {
  const parts: ListPart[] = [];
  let end = 0;
  for (const row of rows) {
    if (row.start > end) parts.push({ kind: "space", height: row.start - end, before: row.index });
    parts.push({ kind: "row", index: row.index });
    end = row.end;
  }
  if (height > end) parts.push({ kind: "space", height: height - end, before: -1 });
  return parts;
}
