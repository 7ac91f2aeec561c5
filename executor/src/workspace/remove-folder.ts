import { randomUUID } from "node:crypto";
import { chmod, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** Bytes of a path below which every name in it can still be said: Linux takes paths of 4,095 bytes, names of 255. */
const deepestPath = 3_500;

/**
 * Removes a folder and all in it, also what its owner may not write, and what lies so deep that no path leads to it.
 * Links are removed, never followed.
 */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    await makeRemovable(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

/** A script that went down step by step made folders that have no path: each is moved up to where it has one. */
async function makeRemovable(top: string): Promise<void> {
  const waiting = [Buffer.from(top)];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    await chmod(folder, 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true, encoding: "buffer" })) {
      if (!entry.isDirectory()) continue;
      const path = Buffer.concat([folder, Buffer.from("/"), entry.name]);
      if (path.length <= deepestPath) {
        waiting.push(path);
        continue;
      }
      // Its own ".." changes, so that it must be writable itself.
      await chmod(path, 0o700);
      const shallow = Buffer.from(join(top, `.deep-${randomUUID()}`));
      await rename(path, shallow);
      waiting.push(shallow);
    }
  }
}
