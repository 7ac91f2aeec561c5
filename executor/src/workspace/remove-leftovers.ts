import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "../child/process-tree.ts";
import { removeFolder } from "./remove-folder.ts";

/**
 * Removes the folders of executors that died before they could do so. Those of running executors on the same root stay.
 */
export async function removeLeftovers(root: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names) {
    const owner = /-(?<id>[0-9]+)\.(?<startedAt>[0-9]+)-[^-]+$/.exec(name)?.groups;
    const { id, startedAt } = owner ?? {};
    if (id === undefined || startedAt === undefined) continue;
    if (!(await isAlive({ id: Number(id), startedAt }))) await removeFolder(join(root, name));
  }
}
