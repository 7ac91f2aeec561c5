import { errorCodeOf } from "@sealrun/protocol";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and the missing folders above it, 0700 or with another mode. Throws the system's error. Node's recursive mkdir never returns
 * where a file system answers "no such file" for a folder that cannot be made, as `/proc` does.
 */
export async function makeFolder(path: string, mode = 0o700): Promise<void> {
  if (await makeOne(path, mode)) return;
  await makeFolder(dirname(path), mode);
  if (!(await makeOne(path, mode))) await mkdir(path, { mode });
}

/** False when the folder above is missing. */
async function makeOne(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode });
    return true;
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === "EEXIST") return true;
    if (code === "ENOENT" && dirname(path) !== path) return false;
    throw error;
  }
}
