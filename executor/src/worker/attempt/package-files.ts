import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { newId, sha256Hex } from "@sealrun/crypto";
import { decode, type FileList, fileList } from "@sealrun/protocol";
import type { Attempt } from "../../between/attempt.ts";
import { fetchWhole } from "../secrets/fetch-whole.ts";

/** Fetches each file of a package version once, and keeps it by its digest. */
export interface PackageFiles {
  /** Every file of the attempt's version. */
  list(attempt: Attempt): Promise<readonly CachedFile[]>;
}

/** A file's path in the package, its path in the cache, and whether it is a program. */
interface CachedFile {
  readonly path: string;
  readonly cachedPath: string;
  readonly executable: boolean;
}

/** A cache below `folder`. A file whose bytes no longer match its name is fetched again. */
export async function openPackageFiles(folder: string): Promise<PackageFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fetchFile = async (attempt: Attempt, sha256: string): Promise<string> => {
    const cachedPath = join(folder, sha256);
    const present = await readFile(cachedPath).catch(() => undefined);
    if (present !== undefined && sha256Hex(present) === sha256) return cachedPath;
    await writeWhole(cachedPath, await fetchWhole(attempt, { kind: "file", sha256 }, sha256));
    return cachedPath;
  };
  return {
    list: async (attempt) => {
      const files = await listFiles(attempt);
      const found: CachedFile[] = [];
      for (const { path, sha256, executable = false } of files) {
        found.push({ path, cachedPath: await fetchFile(attempt, sha256), executable });
      }
      return found;
    },
  };
}

/** The list in the event, or the fetched one, which must have the digest that the signed event names. */
async function listFiles(attempt: Attempt): Promise<FileList> {
  const { event } = attempt;
  if (event.files !== undefined) return event.files;
  return decode(fileList, await fetchWhole(attempt, { kind: "file-list" }, event.version.digest));
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const fresh = `${path}.${newId("request")}`;
  try {
    const handle = await open(fresh, "wx", 0o600);
    try {
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
    await rename(fresh, path);
  } catch (error) {
    // On a full disk, an incomplete file would keep the disk full.
    await rm(fresh, { force: true });
    throw error;
  }
}
