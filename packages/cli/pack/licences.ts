import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The folder of each installed library that one of the inputs is in, once, in the order of their names. */
export function librariesOf(inputs: readonly string[]): readonly string[] {
  const folders = inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  return [...new Set(folders)].toSorted();
}

/** The licences of these libraries as one text. Throws for a library without one. */
export async function gatherLicences(root: string, folders: readonly string[]): Promise<string> {
  const texts = await Promise.all(folders.map(async (folder) => licenceOf(join(root, folder))));
  return `This package contains the following libraries.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((path) => /^(?:licen[cs]e|copying)(?:\.|$)/i.test(path));
  if (file === undefined) throw new Error(`${name} has no file with its licence`);
  return `${name} ${version} (${license})\n\n${(await readFile(join(folder, file), "utf8")).trim()}\n`;
}
