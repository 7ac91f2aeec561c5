import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cluster, ClusterPart } from "./cluster.ts";
import { until } from "./until.ts";

/**
 * Fills an executor's own disk to its last byte, or but for so many MiB; the answer makes room again, unless the disk has
 * gone with its process.
 */
export async function fillDisk(
  { folder }: Pick<Cluster, "folder">,
  { pid, name }: Pick<ClusterPart, "pid" | "name">,
  leftMebibytes = 0,
): Promise<() => Promise<void>> {
  const disk = join("/proc", String(pid()), "root", folder, name, "disk");
  const files: string[] = [];
  await until(async () => {
    const file = join(disk, `filler-${files.length}`);
    files.push(file);
    // What fits of the last one stays.
    return writeFile(file, Buffer.alloc(1024 * 1024)).then(
      () => undefined,
      () => true,
    );
  });
  for (const file of files.slice(0, leftMebibytes)) await rm(file);
  return async () => {
    for (const file of files) await rm(file, { force: true });
  };
}
