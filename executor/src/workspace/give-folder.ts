import { lchown, readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * Makes a folder and all in it a user's and its group's own. Only for what no script could write to yet: links are not
 * followed, but a folder could be exchanged for one meanwhile.
 */
export async function giveFolder(folder: string, user: number): Promise<void> {
  await lchown(folder, user, user);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? giveFolder(path, user) : lchown(path, user, user));
  }
}
