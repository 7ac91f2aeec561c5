import { randomUUID } from "node:crypto";
import { chmod, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * A folder with a path of at most this many bytes has room for every name in it: Linux takes paths of 4,095 bytes,
 * names of 255.
 */
const maxPathBytes = 3_500;

/**
 * Removes a folder and all in it, also read-only folders, and folders so deep that no path can name them. Links are
 * removed, never followed.
 */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    await makeRemovable(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Folders that a script made step by step can be too deep for any path: each is moved up to where a path can name it.
 */
async function makeRemovable(top: string): Promise<void> {
  const waiting = [Buffer.from(top)];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    await chmod(folder, 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true, encoding: "buffer" })) {
      if (!entry.isDirectory()) continue;
      const path = Buffer.concat([folder, Buffer.from("/"), entry.name]);
      if (path.length <= maxPathBytes) {
        waiting.push(path);
        continue;
      }
      // The move changes the folder's own "..", so that the folder must be writable.
      await chmod(path, 0o700);
      const shallow = Buffer.from(join(top, `.deep-${randomUUID()}`));
      await rename(path, shallow);
      waiting.push(shallow);
    }
  }
}
