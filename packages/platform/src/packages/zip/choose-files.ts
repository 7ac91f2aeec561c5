import { refuseCredentials } from "../refuse-credentials.ts";
import type { ZipEntry } from "./list-entries.ts";

/** Hold every version of everything, and logins of remotes. */
const historyFolder = /(?:^|\/)\.(?:git|hg|svn)\//;

/**
 * The entries that are to become a package, with their paths in it: without what macOS adds, without a repository's
 * history, and without the one folder that holds all, as zipping a folder makes it. `PACKAGE_INVALID` for a file of
 * credentials: files of a package are kept in the clear.
 */
export function chooseFiles(entries: readonly ZipEntry[]): readonly ZipEntry[] {
  const wanted = entries.filter(({ path }) => !isSystemFile(path) && !historyFolder.test(path));
  for (const { path } of wanted) refuseCredentials(path);
  const top = commonFolder(wanted.map(({ path }) => path));
  if (top === undefined) return wanted;
  const inside = wanted.map((entry) => ({ ...entry, path: entry.path.slice(top.length) }));
  return inside.filter(({ path, kind }) => path !== "" || kind !== "folder");
}

function isSystemFile(path: string): boolean {
  return path.startsWith("__MACOSX/") || path === ".DS_Store" || path.endsWith("/.DS_Store");
}

/** With its "/". What a path may not begin with is no folder, and stays for the check of paths to refuse. */
function commonFolder(paths: readonly string[]): string | undefined {
  const top = /^[^/\\:\p{Cc}]+\//u.exec(paths[0] ?? "")?.[0];
  if (top === undefined || top === "./" || top === "../") return undefined;
  return paths.every((path) => path.startsWith(top)) ? top : undefined;
}
