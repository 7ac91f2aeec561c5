import type { Scope, SecretInfo } from "@sealrun/protocol";

/** A name that a manifest lists, and who lists it: the package or a step. */
export interface AskedName {
  readonly name: string;
  readonly by: readonly string[];
}

/** Names of one package of a project. */
export interface NamesInside {
  readonly package: string;
  readonly names: readonly string[];
}

/** A line of a table of secrets: set here, asked for and set nowhere, or answered by a wider scope. */
export type SecretRow =
  | {
      readonly kind: "own";
      readonly name: string;
      readonly info: SecretInfo;
      /** What has the name in wider scopes: it does not answer here. */
      readonly covers: readonly SecretInfo[];
      /** Packages whose own secret of the name answers there instead of this one. */
      readonly coveredIn: readonly string[];
    }
  | { readonly kind: "missing"; readonly name: string; readonly by: readonly string[] }
  | { readonly kind: "wider"; readonly name: string; readonly info: SecretInfo };

/** What is known around a place; lists that are not there yet are empty. */
export interface Surroundings {
  readonly own: readonly SecretInfo[];
  /** The secrets of each wider scope, the narrowest first. */
  readonly wider: readonly (readonly SecretInfo[])[];
  readonly inside: readonly NamesInside[];
  readonly asked: readonly AskedName[];
}

/** The lines of a table: names that are missing, those set here, and those that a wider scope answers. */
export function buildRows({ own, wider, inside, asked }: Surroundings): readonly SecretRow[] {
  const ownNames = new Set(own.map(({ name }) => name));
  const answered = new Map<string, SecretInfo>();
  for (const info of wider.flat()) if (!answered.has(info.name)) answered.set(info.name, info);
  const missing = asked.filter(({ name }) => !ownNames.has(name) && !answered.has(name));
  const packages = packagesByName(inside);
  const covered = infosByName(wider.flat());
  return [
    ...missing.map(({ name, by }): SecretRow => ({ kind: "missing", name, by })),
    ...own.map((info): SecretRow => ({
      kind: "own",
      name: info.name,
      info,
      covers: covered.get(info.name) ?? [],
      coveredIn: packages.get(info.name) ?? [],
    })),
    ...[...answered.values()]
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

/** The rows in order: missing ones first, wider scopes last, by the field within each. Never-read ones count as oldest. */
export function sortRows(rows: readonly SecretRow[], { field, isDescending }: Sorting): readonly SecretRow[] {
  const sign = isDescending ? -1 : 1;
  return rows.toSorted(
    (left, right) =>
      kinds.indexOf(left.kind) - kinds.indexOf(right.kind) ||
      sign * compare(keyOf(left, field), keyOf(right, field)) ||
      compare(left.name, right.name),
  );
}

/** The rows whose name or author holds the text, whatever its case. */
export function findRows(rows: readonly SecretRow[], text: string): readonly SecretRow[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return rows;
  return rows.filter((row) => {
    const author = row.kind === "missing" ? "" : row.info.author;
    return row.name.toLowerCase().includes(wanted) || author.toLowerCase().includes(wanted);
  });
}

/** Scopes in words, as a badge has them. */
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

function packagesByName(inside: readonly NamesInside[]): ReadonlyMap<string, readonly string[]> {
  const packages = new Map<string, string[]>();
  for (const { package: name, names } of inside) {
    for (const secret of names) packages.set(secret, [...(packages.get(secret) ?? []), name]);
  }
  return packages;
}

function infosByName(infos: readonly SecretInfo[]): ReadonlyMap<string, readonly SecretInfo[]> {
  const found = new Map<string, SecretInfo[]>();
  for (const info of infos) found.set(info.name, [...(found.get(info.name) ?? []), info]);
  return found;
}
