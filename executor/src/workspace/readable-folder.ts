import { chmod, mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder that workers with users of their own read through a mount. The folder around it, if it is new, is for this
 * user only: so no other user of the machine reaches it.
 */
export async function makeReadableFolder(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  await mkdir(folder, { recursive: true });
  // Whatever the umask, and for folders that an earlier version made.
  await chmod(folder, 0o755);
}
