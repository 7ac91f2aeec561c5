import type { Scope, SecretInfo, SecretOverrides } from "@sealrun/protocol";

/** A name that a manifest lists, and what it is listed for: the package or steps. */
export interface AskedName {
  readonly name: string;
  readonly by: readonly string[];
}

/** How many packages have a name too, and the first of them by name. */
type Overriding = Pick<SecretOverrides["overrides"][number], "count" | "packages">;

/** A row of the table of secrets: set here, asked for but missing, or read from a wider scope. */
export type SecretRow =
  | {
      readonly kind: "own";
      readonly name: string;
      readonly info: SecretInfo;
      /** Secrets of the same name in wider scopes, which are not used here. */
      readonly overrides: readonly SecretInfo[];
      /** Packages that use their own secret of the same name instead of this one. */
      readonly overriddenIn: Overriding;
    }
  | { readonly kind: "missing"; readonly name: string; readonly by: readonly string[] }
  | { readonly kind: "wider"; readonly name: string; readonly info: SecretInfo };

/** The secrets of a place and of the scopes around it; a list that is still loading is empty. */
export interface RowSources {
  readonly own: readonly SecretInfo[];
  /** The secrets of each wider scope, the narrowest first. */
  readonly wider: readonly (readonly SecretInfo[])[];
  readonly overriding: SecretOverrides["overrides"];
  readonly asked: readonly AskedName[];
}

/** The rows of the table: missing names, names set here, and names read from a wider scope. */
export function buildRows({ own, wider, overriding, asked }: RowSources): readonly SecretRow[] {
  const ownNames = new Set(own.map(({ name }) => name));
  const fromWider = new Map<string, SecretInfo>();
  for (const info of wider.flat()) if (!fromWider.has(info.name)) fromWider.set(info.name, info);
  const missing = asked.filter(({ name }) => !ownNames.has(name) && !fromWider.has(name));
  const packages = new Map(overriding.map((found) => [found.name, found]));
  const overridden = infosByName(wider.flat());
  return [
    ...missing.map(({ name, by }): SecretRow => ({ kind: "missing", name, by })),
    ...own.map((info): SecretRow => ({
      kind: "own",
      name: info.name,
      info,
      overrides: overridden.get(info.name) ?? [],
      overriddenIn: packages.get(info.name) ?? { count: 0, packages: [] },
    })),
    ...[...fromWider.values()]
      .filter(({ name }) => !ownNames.has(name))
      .map((info): SecretRow => ({ kind: "wider", name: info.name, info })),
  ];
}

/** What a table can be sorted by. */
export type SortField = "name" | "version" | "author" | "source" | "updated" | "lastRead";

/** How a table is sorted. */
export interface Sorting {
  readonly field: SortField;
  readonly isDescending: boolean;
}

const kinds = ["missing", "own", "wider"] as const;

/** The rows in order: missing first, wider scopes last, each group by the field. A secret that was never read counts as oldest. */
export function sortRows(rows: readonly SecretRow[], { field, isDescending }: Sorting): readonly SecretRow[] {
  const sign = isDescending ? -1 : 1;
  return rows.toSorted(
    (left, right) =>
      kinds.indexOf(left.kind) - kinds.indexOf(right.kind) ||
      sign * compare(keyOf(left, field), keyOf(right, field)) ||
      compare(left.name, right.name),
  );
}

/** The rows whose name or author contains the text, whatever its case. */
export function findRows(rows: readonly SecretRow[], text: string): readonly SecretRow[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return rows;
  return rows.filter((row) => {
    const author = row.kind === "missing" ? "" : row.info.author;
    return row.name.toLowerCase().includes(wanted) || author.toLowerCase().includes(wanted);
  });
}

/** The word for a scope, as badges show it. */
export const scopeWords = {
  service: "package",
  project: "project",
  platform: "platform",
} as const satisfies Record<Scope, string>;

function keyOf(row: SecretRow, field: SortField): string | number {
  if (row.kind === "missing" || field === "name") return row.name.toLowerCase();
  switch (field) {
    case "version":
      return row.info.version;
    case "author":
      return row.info.author.toLowerCase();
    case "source":
      return row.info.source ?? "";
    case "updated":
      return row.info.updatedAt;
    case "lastRead":
      return row.info.lastRead?.at ?? "";
  }
}

function compare(left: string | number, right: string | number): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function infosByName(infos: readonly SecretInfo[]): ReadonlyMap<string, readonly SecretInfo[]> {
  const found = new Map<string, SecretInfo[]>();
  for (const info of infos) found.set(info.name, [...(found.get(info.name) ?? []), info]);
  return found;
}
