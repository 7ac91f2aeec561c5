import { readlink } from "node:fs/promises";
import { errorCodeOf } from "../errno.ts";

/** One of `/bin`, `/lib` and their like: a link into `/usr` on a merged system, a folder of its own on an older one. */
export interface HostRoot {
  readonly path: string;
  /** Where the link points, as it is written; undefined for a folder. */
  readonly link: string | undefined;
}

/** The folders beside `/usr` that programs of the host need, as this host has them. */
export async function readHostRoots(): Promise<readonly HostRoot[]> {
  const found = await Promise.all(["/bin", "/sbin", "/lib", "/lib32", "/lib64"].map(readHostRoot));
  return found.filter((root) => root !== undefined);
}

async function readHostRoot(path: string): Promise<HostRoot | undefined> {
  try {
    return { path, link: await readlink(path) };
  } catch (error) {
    // EINVAL: it is there and is not a link.
    return errorCodeOf(error) === "EINVAL" ? { path, link: undefined } : undefined;
  }
}
