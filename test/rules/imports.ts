import { posix } from "node:path";
import { shipped, type Source } from "./sources.ts";

/** What a file imports: `from` as written, and the file of this repository that it is, for a relative one. */
export interface Import {
  readonly from: string;
  readonly file: string | undefined;
  /** True when only types are taken. */
  readonly isType: boolean;
}

const paths = new Set(shipped.map(({ path }) => path));
const statement = /(?:^|\n)(?:import|export) (type )?(?:([^"'=;(]*?) from )?"([^"]+)"/g;
const dynamic = /\bimport\("([^"]+)"\)|new URL\("(\.[^"]+\.[tj]sx?)", import\.meta\.url\)/g;

/** Every import of a file, also of types and the ones that are made later. */
export function importsOf({ path, code }: Source): readonly Import[] {
  const found = [...code.matchAll(statement)].map(([, type, names, from = ""]) => ({
    from,
    isType: type !== undefined || isTypes(names),
  }));
  const later = [...code.matchAll(dynamic)].map(([, from, url]) => ({ from: from ?? url ?? "", isType: false }));
  return [...found, ...later].map((one) => ({ ...one, file: resolve(path, one.from) }));
}

function isTypes(names: string | undefined): boolean {
  const listed = /^\{([^}]*)\}$/.exec(names?.trim() ?? "")?.[1] ?? "";
  const each = listed.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
  return each.length > 0 && each.every((name) => name.startsWith("type "));
}

function resolve(path: string, from: string): string | undefined {
  if (!from.startsWith(".")) return undefined;
  const file = posix.join(posix.dirname(path), from);
  return paths.has(file) ? file : undefined;
}
