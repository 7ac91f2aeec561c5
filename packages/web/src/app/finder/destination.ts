/** A place that the finder can go to: its name, what it is, and its address. */
export interface Destination {
  readonly label: string;
  readonly description: string;
  readonly to: string;
}

/** An address from its parts, with search parameters. */
export function addressOf(parts: readonly string[], search: Readonly<Record<string, string>> = {}): string {
  const path = `/${parts.map(encodeURIComponent).join("/")}`;
  const query = new URLSearchParams(search).toString();
  return query === "" ? path : `${path}?${query}`;
}

/** What the typed text may be besides a part of a name: a secret's name, or the start of an execution's id. */
export function readQuery(query: string): {
  readonly secret: string | undefined;
  readonly execution: string | undefined;
} {
  const text = query.trim();
  return {
    secret: /^[A-Za-z_][A-Za-z0-9_.-]{2,127}$/.test(text) ? text : undefined,
    execution: /^exe_[0-9a-z]{1,20}$/.test(text) ? text : undefined,
  };
}
