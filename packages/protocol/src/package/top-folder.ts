import type { PackageFile } from "./package-files.ts";

/** Entries of a package relative to the only top folder, and that folder's name. */
export interface BelowTop<T> {
  readonly folder: string | undefined;
  readonly files: readonly T[];
}

/**
 * Removes the one top folder that holds everything, which dropping or zipping a folder adds, and the files that macOS
 * adds. A path that leads out of the package stays, so that a later check refuses it.
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
