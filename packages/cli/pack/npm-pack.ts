import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Writes the package.json of a folder and packs the folder; gives the path of the tarball. */
export async function npmPack(folder: string, manifest: object, destination: string): Promise<string> {
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await mkdir(destination, { recursive: true });
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", destination];
  const { stdout } = await run("npm", args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
  const [{ filename }] = JSON.parse(stdout);
  return join(destination, filename);
}
