import type { JsonValue } from "@sealrun/protocol";

/** One line of a JSON tree. `path` is its address, unique in the tree. */
export interface JsonRow {
  readonly path: string;
  readonly depth: number;
  /** The key in an object, the index in a list; undefined for the root. */
  readonly key: string | number | undefined;
  readonly value: JsonValue;
  /** How many items or keys it has; undefined for a value that is neither a list nor an object. */
  readonly size: number | undefined;
  readonly isOpen: boolean;
}

/** The lines of a tree in which the paths of `open` are open. A closed part costs nothing, however large. */
export function jsonRows(root: JsonValue, open: ReadonlySet<string>): readonly JsonRow[] {
  const rows: JsonRow[] = [];
  const visit = (value: JsonValue, key: string | number | undefined, path: string, depth: number): void => {
    const entries = entriesOf(value);
    const isOpen = entries !== undefined && open.has(path);
    rows.push({ path, depth, key, value, size: entries?.length, isOpen });
    if (!isOpen) return;
    for (const [name, inner] of entries) visit(inner, name, pathOf(path, name), depth + 1);
  };
  visit(root, undefined, rootPath, 0);
  return rows;
}

/** The address of the root. */
export const rootPath = "$";
const firstRows = 60;

/** The paths that are open at first: the root, then level after level while the lines fit about one screen. */
export function openAtFirst(root: JsonValue): ReadonlySet<string> {
  let open: ReadonlySet<string> = new Set([rootPath]);
  for (;;) {
    const more = new Set(open);
    for (const { path, size } of jsonRows(root, open)) if (size !== undefined && size > 0) more.add(path);
    if (more.size === open.size || jsonRows(root, more).length > firstRows) return open;
    open = more;
  }
}

/** The lines that match `find`, in their order, and the paths that must be open to see them. */
export function findInJson(
  root: JsonValue,
  find: RegExp | undefined,
): { readonly open: ReadonlySet<string>; readonly found: readonly string[] } {
  const open = new Set<string>();
  const found: string[] = [];
  if (find === undefined) return { open, found };
  const visit = (value: JsonValue, key: string | number | undefined, path: string): boolean => {
    const entries = entriesOf(value);
    const isFound = isIn(find, key) || (entries === undefined && isIn(find, showLeaf(value)));
    if (isFound) found.push(path);
    let holds = false;
    for (const [name, inner] of entries ?? []) holds = visit(inner, name, pathOf(path, name)) || holds;
    if (holds) open.add(path);
    return isFound || holds;
  };
  visit(root, undefined, rootPath);
  return { open, found };
}

/** A value without parts as text: a string as it is. */
export function showLeaf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The paths of everything that can be opened. */
export function allPaths(root: JsonValue): ReadonlySet<string> {
  const paths = new Set<string>();
  const visit = (value: JsonValue, path: string): void => {
    const entries = entriesOf(value);
    if (entries === undefined) return;
    paths.add(path);
    for (const [name, inner] of entries) visit(inner, pathOf(path, name));
  };
  visit(root, rootPath);
  return paths;
}

function entriesOf(value: JsonValue): readonly (readonly [string | number, JsonValue])[] | undefined {
  if (Array.isArray(value)) return value.map((inner, index) => [index, inner] as const);
  return typeof value === "object" && value !== null ? Object.entries(value) : undefined;
}

/** A key may contain any character, so it is quoted: no two paths are the same. */
function pathOf(path: string, key: string | number): string {
  return `${path}[${JSON.stringify(key)}]`;
}

function isIn(find: RegExp, text: string | number | undefined): boolean {
  find.lastIndex = 0;
  return text !== undefined && find.test(String(text));
}
