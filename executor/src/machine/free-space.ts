import { statfs } from "node:fs/promises";
import { limits, type MachineTrouble } from "@sealrun/protocol";

/** The first of these folders whose disk has less free than `limits.diskReserveBytes`, as trouble; undefined when none has. */
export async function findShortage(folders: readonly string[]): Promise<MachineTrouble | undefined> {
  for (const folder of folders) {
    // A folder that cannot be asked has another trouble, which its first use tells.
    const disk = await statfs(folder).catch(() => undefined);
    if (disk === undefined || disk.bavail * disk.bsize >= limits.diskReserveBytes) continue;
    const mebibytes = limits.diskReserveBytes / 1024 ** 2;
    return { code: "DISK_FULL", message: `Less than ${mebibytes} MiB are free on the disk of ${folder}; make room` };
  }
  return undefined;
}
