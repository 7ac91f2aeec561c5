import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { InstalledFiles } from "../files/installed-files.ts";
import { fillNewFolder } from "../files/new-folder.ts";
import { firstPackage, type Language } from "./first-package.ts";

/**
 * Writes a first package into a new or empty folder, with the SDK's types for editors; gives the written paths.
 * `ALREADY_EXISTS` for a folder with files in it: nothing is overwritten.
 */
export async function writePackage(
  folder: string,
  { name, language }: { readonly name: string; readonly language: Language },
  installed: Pick<InstalledFiles, "sdkTypes" | "pythonSdk">,
): Promise<readonly string[]> {
  const files = firstPackage(name, language);
  await fillNewFolder(folder, 0o777, async (draft) => {
    for (const { path, text, isPrivate } of files) {
      await writeFile(join(draft, path), text, { flag: "wx", mode: isPrivate === true ? 0o600 : 0o666 });
    }
    await writeTypes(draft, language, installed);
  });
  return files.map(({ path }) => path);
}

async function writeTypes(
  folder: string,
  language: Language,
  { sdkTypes, pythonSdk }: Pick<InstalledFiles, "sdkTypes" | "pythonSdk">,
): Promise<void> {
  const types = join(folder, ".sealrun", "types");
  if (language === "typescript") {
    await cp(sdkTypes, types, { recursive: true, filter: (path) => !/\.(?:js|tsbuildinfo)$/.test(path) });
  }
  if (language === "python") {
    const from = join(pythonSdk, "sealrun");
    await cp(from, join(types, "sealrun"), { recursive: true, filter: (path) => !path.includes("__pycache__") });
  }
}
