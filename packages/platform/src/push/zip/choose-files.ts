import { stripTopFolder } from "@sealrun/protocol";
import { refuseCredentials } from "../refuse-credentials.ts";
import type { ZipEntry } from "./list-entries.ts";

/** Hold every version of everything, and logins of remotes. */
const historyFolder = /(?:^|\/)\.(?:git|hg|svn)\//;

/**
 * The entries that are to become a package, with their paths in it: without what macOS adds, without a repository's
 * history, and without the one folder that holds all. `PACKAGE_INVALID` for a file of
 * credentials: files of a package are kept in the clear.
 */
export function chooseFiles(entries: readonly ZipEntry[]): readonly ZipEntry[] {
  const { files } = stripTopFolder(entries.filter(({ path }) => !historyFolder.test(path)));
  for (const { path } of files) refuseCredentials(path);
  return files;
}
