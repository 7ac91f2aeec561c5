import { lstatSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";

/** How much of a disk something takes. Bytes are those of its blocks. */
export interface DiskUse {
  readonly bytes: number;
  readonly files: number;
}

/** What a folder holds, and whether all of it could be looked at. */
export interface FolderUse extends DiskUse {
  readonly isWhole: boolean;
}

/** How many files are looked at before other work has its turn. */
const filesPerTurn = 200;
const separator = Buffer.from("/");

/**
 * Adds up a folder in which scripts still write; links are not followed, and a file with several names counts once.
 * Stops as soon as it is over `max`. A folder that its script has closed, or whose path is too long, is passed over.
 */
export async function measureWorkFolder(root: string, max: DiskUse): Promise<FolderUse> {
  const known = new Set<number>();
  const waiting: Buffer[] = [Buffer.from(root)];
  let bytes = 0;
  let files = 0;
  let isWhole = true;
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    // Names may hold bytes that are no text.
    const names = await readdir(folder, { encoding: "buffer" }).catch(() => undefined);
    isWhole &&= names !== undefined;
    for (const name of names ?? []) {
      const path = Buffer.concat([folder, separator, name]);
      files += 1;
      if (files % filesPerTurn === 0) await setImmediate();
      const found = statOf(path);
      isWhole &&= found !== "closed";
      if (found === "gone" || found === "closed") continue;
      if (found.isDirectory()) waiting.push(path);
      else if (found.nlink > 1) {
        if (known.has(found.ino)) continue;
        known.add(found.ino);
      }
      bytes += found.blocks * 512;
      if (bytes > max.bytes || files > max.files) return { bytes, files, isWhole };
    }
  }
  return { bytes, files, isWhole };
}

function statOf(path: Buffer) {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? "gone";
  } catch {
    return "closed";
  }
}
