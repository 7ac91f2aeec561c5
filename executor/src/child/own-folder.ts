import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { markProcess } from "./process-tree.ts";

/**
 * Makes a new folder in `root` that only this user can enter. Its name begins with `name` and says which process it
 * belongs to, so that `removeLeftovers` removes it once that process is gone.
 */
export async function makeOwnFolder(root: string, name: string): Promise<string> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  const owner = await markProcess(process.pid);
  // mkdtemp makes it 0700.
  return mkdtemp(join(root, `${name}-${process.pid}.${owner?.startedAt ?? "0"}-`));
}
