import { chmod, lstat, mkdtemp, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Environment } from "./find-on-path.ts";
import { makeFolder } from "../files/make-folder.ts";

/**
 * The user's own cache folder for fetched programs, 0700: XDG_CACHE_HOME, else HOME's, else a private folder in the
 * system's temp folder. Never a folder that another user could have put programs into.
 */
export async function findCacheFolder(environment: Environment): Promise<string> {
  const home = environment["HOME"];
  const candidates = [environment["XDG_CACHE_HOME"], home === undefined ? undefined : join(home, ".cache")]
    .filter((path) => path !== undefined && isAbsolute(path))
    .map((path) => join(path ?? "", "sealrun"));
  for (const folder of [...candidates, join(tmpdir(), `sealrun-cache-${process.getuid?.() ?? 0}`)]) {
    if (await isPrivateFolder(folder)) return folder;
  }
  return mkdtemp(join(tmpdir(), "sealrun-cache-"));
}

/** Makes the folder when it is missing. False when it cannot be written, is a link, or belongs to another user. */
async function isPrivateFolder(folder: string): Promise<boolean> {
  try {
    await makeFolder(folder);
    const found = await lstat(folder);
    if (!found.isDirectory() || found.uid !== process.getuid?.()) return false;
    await chmod(folder, 0o700);
    const probe = await mkdtemp(join(folder, ".probe-"));
    await rmdir(probe);
    return true;
  } catch {
    return false;
  }
}
