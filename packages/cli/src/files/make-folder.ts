import { errorCodeOf } from "@sealrun/protocol";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and the missing folders above it, 0700 or with another mode; gives those that it made, the highest
 * first. Throws the system's error. Node's recursive mkdir never returns where a file system answers "no such file" for
 * a folder that cannot be made, as `/proc` does.
 */
export async function makeFolder(path: string, mode = 0o700): Promise<readonly string[]> {
  const state = await makeOne(path, mode);
  if (state === "made") return [path];
  if (state === "exists") return [];
  const above = await makeFolder(dirname(path), mode);
  if ((await makeOne(path, mode)) === "orphan") await mkdir(path, { mode });
  return [...above, path];
}

/** `orphan` when the folder above is missing. */
async function makeOne(path: string, mode: number): Promise<"made" | "exists" | "orphan"> {
  try {
    await mkdir(path, { mode });
    return "made";
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === "EEXIST") return "exists";
    if (code === "ENOENT" && dirname(path) !== path) return "orphan";
    throw error;
  }
}
