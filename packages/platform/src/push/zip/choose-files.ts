import { stripTopFolder } from "@sealrun/protocol";
import { refuseCredentials } from "../refuse-credentials.ts";
import type { ZipEntry } from "./list-entries.ts";

/** These folders hold the whole history, and logins of remotes. */
const historyFolder = /(?:^|\/)\.(?:git|hg|svn)\//i;

/**
 * The entries of the zip that become files of the package, with their paths in it: without the files that macOS adds,
 * without a repository's history, and without a single top folder. `PACKAGE_INVALID` for a file of credentials: files
 * of a package are stored in the clear.
 */
export function chooseFiles(entries: readonly ZipEntry[]): readonly ZipEntry[] {
  const { files } = stripTopFolder(entries.filter(({ path }) => !historyFolder.test(path)));
  for (const { path } of files) refuseCredentials(path);
  return files;
}
