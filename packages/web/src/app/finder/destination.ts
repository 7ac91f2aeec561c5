/** A place that the finder can go to: its name, what it is, and its address. */
export interface Destination {
  readonly label: string;
  readonly description: string;
  /** Other words that find it. */
  readonly keywords?: string;
  readonly to: string;
}

/** An address from its parts, with search parameters. */
export function addressOf(parts: readonly string[], search: Readonly<Record<string, string>> = {}): string {
  const path = `/${parts.map(encodeURIComponent).join("/")}`;
  const query = new URLSearchParams(search).toString();
  return query === "" ? path : `${path}?${query}`;
}

/** What the typed text may mean: a part of a name, also after "Run" as actions are called, or the start of an execution's id. */
export function readQuery(query: string): { readonly text: string; readonly execution: string | undefined } {
  const text = query.trim().replace(/^run\s+/i, "");
  return { text, execution: /^exe_[0-9a-z]{1,20}$/.test(text) ? text : undefined };
}
