import type { PackageFile } from "./package-files.ts";

/** Entries of a package below the one folder that holds all of them, and that folder's name. */
export interface BelowTop<T> {
  readonly folder: string | undefined;
  readonly files: readonly T[];
}

/**
 * Takes away the one folder that holds everything, as dropping or zipping a folder adds it, and what macOS adds beside
 * it. A path that leads out stays as it is, to be refused with the rest.
 */
export function stripTopFolder<T extends Pick<PackageFile, "path" | "kind">>(entries: readonly T[]): BelowTop<T> {
  const wanted = entries.filter(({ path }) => !isSystemFile(path));
  const folder = /^([^/\\:\p{Cc}]+)\//u.exec(wanted[0]?.path ?? "")?.[1];
  if (folder === undefined || folder === "." || folder === "..") return { folder: undefined, files: wanted };
  const start = `${folder}/`;
  if (!wanted.every(({ path }) => path.startsWith(start))) return { folder: undefined, files: wanted };
  const below = wanted.map((entry) => ({ ...entry, path: entry.path.slice(start.length) }));
  return { folder, files: below.filter(({ path, kind }) => path !== "" || kind !== "folder") };
}

function isSystemFile(path: string): boolean {
  return path.startsWith("__MACOSX/") || path === ".DS_Store" || path.endsWith("/.DS_Store");
}
