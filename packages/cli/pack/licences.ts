import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The folder of each installed library that one of the inputs is in, once, in the order of their names. */
export function librariesOf(inputs: readonly string[]): readonly string[] {
  const folders = inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  return [...new Set(folders)].toSorted();
}

/** The folders of these libraries and of all that they need, as installed at the top of the repository. */
export async function librariesBelow(root: string, names: readonly string[]): Promise<readonly string[]> {
  const known = new Set<string>();
  const add = async (name: string): Promise<void> => {
    const folder = join("node_modules", name);
    if (name.startsWith("@sealrun/") || known.has(folder)) return;
    known.add(folder);
    const { dependencies = {} } = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
    for (const below of Object.keys(dependencies)) await add(below);
  };
  for (const name of names) await add(name);
  return [...known].toSorted();
}

/** The licences of these libraries as one text. Throws for a library that names none. */
export async function gatherLicences(root: string, folders: readonly string[]): Promise<string> {
  const texts = await Promise.all(folders.map(async (folder) => licenceOf(join(root, folder))));
  return `This package contains the following libraries.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

/** A few libraries name their licence and have no text of it. */
async function licenceOf(folder: string): Promise<string> {
  const { name, version, license, author, homepage } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  if (typeof license !== "string") throw new Error(`${name} names no licence`);
  const file = (await readdir(folder)).find((path) => /^(?:licen[cs]e|copying)(?:[.-]|$)/i.test(path));
  const by = typeof author === "string" ? author : (author?.name ?? homepage);
  const text = file === undefined ? `Copyright: ${by}` : await readFile(join(folder, file), "utf8");
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}
