/** A query string of the defined fields; empty without any. */
export function queryOf(fields: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? "" : `?${query.toString()}`;
}

/** The query of a list that leaves out what is archived unless it is asked for. */
export function archivedQuery({ archived }: { readonly archived?: boolean }): string {
  return queryOf({ archived: archived === true ? "true" : undefined });
}
