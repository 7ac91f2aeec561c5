import { cp, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SealrunError, showName, errorCodeOf } from "@sealrun/protocol";
import type { InstalledFiles } from "../files/installed-files.ts";
import { makeFolder } from "../files/make-folder.ts";
import { fileProblem } from "../files/read-file.ts";
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
  await requireEmpty(folder);
  const files = firstPackage(name, language);
  try {
    await makeFolder(folder, 0o777);
    for (const { path, text, isPrivate } of files) {
      await writeFile(join(folder, path), text, { flag: "wx", mode: isPrivate === true ? 0o600 : 0o666 });
    }
    await writeTypes(folder, language, installed);
  } catch (error) {
    throw writeProblem(folder, error);
  }
  return files.map(({ path }) => path);
}

/** A missing folder is made, so what cannot be made or written is the folder, or one above it. */
function writeProblem(folder: string, error: unknown): SealrunError {
  const code = errorCodeOf(error) ?? "";
  if (code !== "EACCES" && code !== "EPERM" && code !== "EROFS" && code !== "ENOENT") return fileProblem(folder, error);
  const sentence = `${showName(folder)} cannot be written: you may not write there (${code}); choose another folder`;
  return new SealrunError("FILE_NOT_FOUND", sentence, { cause: error });
}

async function requireEmpty(folder: string): Promise<void> {
  try {
    if ((await readdir(folder)).length === 0) return;
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return;
    throw fileProblem(folder, error);
  }
  throw new SealrunError("ALREADY_EXISTS", `${showName(folder)} has files in it; give a new or empty folder`);
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
