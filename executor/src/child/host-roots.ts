import { errorCodeOf } from "@sealrun/protocol";
import { readlink } from "node:fs/promises";

/** One of `/bin`, `/lib` and so on: a link into `/usr` on a merged system, a folder on an older one. */
export interface HostRoot {
  readonly path: string;
  /** The target of the link, as written; undefined for a folder. */
  readonly link: string | undefined;
}

/** The folders besides `/usr` that programs of this host need. */
export async function readHostRoots(): Promise<readonly HostRoot[]> {
  const found = await Promise.all(["/bin", "/sbin", "/lib", "/lib32", "/lib64"].map(readHostRoot));
  return found.filter((root) => root !== undefined);
}

async function readHostRoot(path: string): Promise<HostRoot | undefined> {
  try {
    return { path, link: await readlink(path) };
  } catch (error) {
    // EINVAL: it exists and is not a link.
    return errorCodeOf(error) === "EINVAL" ? { path, link: undefined } : undefined;
  }
}
