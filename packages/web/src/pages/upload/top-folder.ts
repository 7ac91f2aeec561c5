/** Paths below the one folder that holds all of them, and that folder's name. */
export interface Below<T> {
  readonly folder: string | undefined;
  readonly files: readonly (T & { readonly path: string })[];
}

/**
 * Takes away the one folder that holds everything, as dropping or zipping a folder adds it. What the system adds beside
 * it does not count. A path that leads out stays as it is, to be refused.
 */
export function stripTopFolder<T extends { readonly path: string }>(files: readonly T[]): Below<T> {
  const wanted = files.filter(({ path }) => !isSystemFile(path));
  const folder = /^([^/\\:\p{Cc}]+)\//u.exec(wanted[0]?.path ?? "")?.[1];
  if (folder === undefined || folder === "." || folder === "..") return { folder: undefined, files: wanted };
  const start = `${folder}/`;
  if (!wanted.every(({ path }) => path.startsWith(start))) return { folder: undefined, files: wanted };
  const below = wanted.map((file) => ({ ...file, path: file.path.slice(start.length) }));
  return { folder, files: below.filter(({ path }) => path !== "") };
}

function isSystemFile(path: string): boolean {
  return path.startsWith("__MACOSX/") || path === ".DS_Store" || path.endsWith("/.DS_Store");
}
