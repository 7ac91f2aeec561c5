import { errorCodeOf } from "@sealrun/protocol";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and the missing folders above it, 0700. Throws the system's error. Node's recursive mkdir never returns
 * where a file system answers "no such file" for a folder that cannot be made, as `/proc` does.
 */
export async function makeFolder(path: string): Promise<void> {
  if (await makeOne(path)) return;
  await makeFolder(dirname(path));
  if (!(await makeOne(path))) await mkdir(path, { mode: 0o700 });
}

/** False when the folder above is missing. */
async function makeOne(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === "EEXIST") return true;
    if (code === "ENOENT" && dirname(path) !== path) return false;
    throw error;
  }
}
