import { mkdir, mkdtemp, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCodeOf } from "@sealrun/protocol";
import { markProcess } from "./process-tree.ts";

/**
 * Makes a new folder in `root` that only this user can enter. Its name begins with `name` and says which process it
 * belongs to, so that `removeLeftovers` removes it once that process is gone.
 */
export async function makeOwnFolder(root: string, name: string): Promise<string> {
  await makeFolder(root);
  const owner = await markProcess(process.pid);
  // mkdtemp makes it 0700.
  return mkdtemp(join(root, `${name}-${process.pid}.${owner?.startedAt ?? "0"}-`));
}

/**
 * Makes a folder that only this user can enter, and those above it that are missing. Unlike Node's own `recursive`, it
 * ends with `ENOENT` where a folder above was removed while a mount or a descriptor keeps its path: Node tries without end.
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isMade(path)) return;
  await makeFolder(dirname(path));
  await mkdir(path, { mode: 0o700 }).catch(acceptExisting(path));
}

/** False when a folder above is missing. */
async function isMade(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 }).catch(acceptExisting(path));
    return true;
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT" && path !== dirname(path)) return false;
    throw error;
  }
}

function acceptExisting(path: string): (error: unknown) => Promise<void> {
  return async (error) => {
    if (errorCodeOf(error) !== "EEXIST" || !(await stat(path)).isDirectory()) throw error;
  };
}
