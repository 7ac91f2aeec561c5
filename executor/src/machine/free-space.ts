import { statfs } from "node:fs/promises";
import { limits, type MachineTrouble } from "@sealrun/protocol";

/**
 * Trouble for the first folder whose disk has less free space than `limits.diskReserveBytes`; undefined when there is
 * none.
 */
export async function findShortage(folders: readonly string[]): Promise<MachineTrouble | undefined> {
  for (const folder of folders) {
    // A folder that cannot be checked has another trouble, which shows when it is first used.
    const disk = await statfs(folder).catch(() => undefined);
    if (disk === undefined || disk.bavail * disk.bsize >= limits.diskReserveBytes) continue;
    const mebibytes = limits.diskReserveBytes / 1024 ** 2;
    return { code: "DISK_FULL", message: `Less than ${mebibytes} MiB are free on the disk of ${folder}; make room` };
  }
  return undefined;
}
