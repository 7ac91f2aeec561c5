import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A file of mode 0600. */
export async function writePrivate(folder: string, name: string, content: Uint8Array | string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content, { mode: 0o600 });
  await chmod(file, 0o600);
  return file;
}
