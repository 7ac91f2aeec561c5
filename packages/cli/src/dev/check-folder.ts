import { chmod, readdir, stat } from "node:fs/promises";
import { errorCodeOf, SealrunError, showNames } from "@sealrun/protocol";
import { ensureFolder } from "../files/private-files.ts";
import { adminTokenName, isOwnName } from "./data-folder.ts";

/** What may be in a folder that no platform has used: the SDK's types of `sealrun init`, and what file systems add. */
const harmless = new Set(["types", "lost+found"]);

/**
 * Makes a data folder, 0700, or checks the existing one. `DATA_FOLDER_UNUSABLE` for a folder that cannot be written, or
 * that holds other files: "delete it to start over" would delete them.
 */
export async function prepareDataFolder(root: string): Promise<void> {
  await requireOwnContent(root);
  await ensureFolder(root);
  await closeToOthers(root);
}

async function requireOwnContent(root: string): Promise<void> {
  const names = await namesIn(root);
  if (names.includes(adminTokenName)) return;
  const others = names.filter((name) => !isOwnName(name) && !harmless.has(name));
  if (others.length === 0) return;
  throw new SealrunError(
    "DATA_FOLDER_UNUSABLE",
    `${root} holds files that are not of a platform: ${showNames(others, 3)}; give a new or empty folder with --data`,
  );
}

async function namesIn(root: string): Promise<readonly string[]> {
  try {
    return await readdir(root);
  } catch (error) {
    // What is wrong with the folder is said when it is made.
    if (["ENOENT", "ENOTDIR", "EACCES", "ELOOP"].includes(errorCodeOf(error) ?? "")) return [];
    throw error;
  }
}

async function closeToOthers(root: string): Promise<void> {
  const { mode } = await stat(root);
  if ((mode & 0o077) === 0) return;
  try {
    await chmod(root, 0o700);
  } catch (error) {
    const sentence = `${root} is open to other users and its mode cannot be changed; give a folder of your own with --data`;
    throw new SealrunError("DATA_FOLDER_UNUSABLE", sentence, { cause: error });
  }
}
