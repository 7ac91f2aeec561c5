import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { limits, SealrunError } from "@sealrun/protocol";

/**
 * The bytes in a folder; links are not followed. Throws `DEPENDENCIES_FAILED` when bytes or files are over the limit.
 */
export async function measureFolder(
  folder: string,
  max: { readonly bytes: number; readonly files: number } = {
    bytes: limits.dependenciesBytes,
    files: limits.dependenciesFiles,
  },
): Promise<number> {
  const total = { bytes: 0, files: 0 };
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true })) {
      const path = join(next, entry.name);
      total.files += 1;
      if (entry.isDirectory()) waiting.push(path);
      else total.bytes += (await lstat(path)).size;
      if (total.bytes > max.bytes || total.files > max.files) {
        throw new SealrunError(
          "DEPENDENCIES_FAILED",
          `The dependencies are too large: a package may have at most ${max.bytes} bytes in ${max.files} files`,
        );
      }
    }
  }
  return total.bytes;
}
