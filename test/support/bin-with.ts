import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A new folder for PATH, made in `folder`, that holds one program. */
export async function binWith(folder: string, name: string, script: string): Promise<string> {
  const bin = await mkdtemp(join(folder, "bin-"));
  await writeFile(join(bin, name), script);
  await chmod(join(bin, name), 0o755);
  return bin;
}
