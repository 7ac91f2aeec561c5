import { statfs } from "node:fs/promises";
import { errorCodeOf } from "@sealrun/protocol";
import { type DiskUse, measureWorkFolder } from "./measure-work-folder.ts";

/** Watches a folder at a cost that does not depend on how full it is. */
export interface WorkFolder {
  /**
   * What the folder held when it was last measured; measured now if that is due. `deleted` measures files that are open
   * and no longer in the folder; it is asked only when the folder does not explain what became of the disk's space.
   */
  readonly look: (deleted: () => DiskUse) => Promise<DiskUse>;
}

const firstMeasureMs = 1_000;
const nothing: DiskUse = { bytes: 0, files: 0 };

/**
 * Measuring a folder of 100,000 files takes half a second. So it takes at most a twentieth of the time, except when the
 * disk's free space says that the folder may have become too large: then at most a quarter.
 */
export function watchWorkFolder(folder: string, max: DiskUse): WorkFolder {
  let use = nothing;
  let atStart: DiskUse | undefined;
  let atMeasure = nothing;
  let measuredMs = performance.now();
  let tookMs = 0;

  const measure = async (free: DiskUse, deleted: () => DiskUse): Promise<void> => {
    const from = performance.now();
    const found = await measureWorkFolder(folder, max);
    use = found;
    const gone = (atStart?.bytes ?? free.bytes) - free.bytes;
    if (found.bytes <= max.bytes && gone > max.bytes) {
      const { bytes } = deleted();
      // What a script hides in a folder that it has closed can only be seen by what is missing on the disk.
      use = { ...found, bytes: found.isWhole ? found.bytes + bytes : gone };
    }
    atMeasure = free;
    measuredMs = performance.now();
    tookMs = measuredMs - from;
  };

  return {
    look: async (deleted) => {
      const free = await freeOf(folder);
      if (free === undefined) return use;
      if (atStart === undefined) {
        atStart = free;
        atMeasure = free;
      }
      const isPressing =
        atMeasure.bytes - free.bytes > (max.bytes - use.bytes) / 2 ||
        atMeasure.files - free.files > (max.files - use.files) / 2;
      const waitMs = isPressing ? 4 * tookMs : Math.max(firstMeasureMs, 20 * tookMs);
      if (performance.now() - measuredMs >= waitMs) await measure(free, deleted);
      return use;
    },
  };
}

/** Free bytes and free inodes of the folder's disk; undefined when the folder was moved away or removed. */
async function freeOf(folder: string): Promise<DiskUse | undefined> {
  try {
    const { bfree, bsize, ffree } = await statfs(folder);
    return { bytes: bfree * bsize, files: ffree };
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
