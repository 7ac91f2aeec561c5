import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errorCodeOf, SealrunError, showName } from "@sealrun/protocol";
import { makeFolder } from "./make-folder.ts";
import { fileProblem } from "./read-file.ts";

/**
 * Makes a folder, or takes an empty one, and puts into it what `fill` writes into a draft folder: all of it, or nothing
 * when `fill` fails. `ALREADY_EXISTS` for a folder with files in it: nothing is overwritten. What cannot be written is
 * told as the folder's fault.
 */
export async function fillNewFolder(
  folder: string,
  mode: number,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  if (folder === "") throw new SealrunError("USAGE", "Expected the name of a folder, found an empty one");
  const exists = await requireEmpty(folder);
  try {
    await (exists ? fillInside(resolve(folder), mode, fill) : fillBeside(resolve(folder), mode, fill));
  } catch (error) {
    throw error instanceof SealrunError ? error : writeProblem(folder, error);
  }
}

/** The draft is beside the folder and gets its name at the end, so that a kill leaves no folder that looks complete. */
async function fillBeside(folder: string, mode: number, fill: (draft: string) => Promise<void>): Promise<void> {
  const made = await makeFolder(dirname(folder), mode);
  try {
    await withDraft(`${folder}.part-`, mode, async (draft) => {
      await fill(draft);
      await rename(draft, folder).catch((error: unknown) => {
        throw errorCodeOf(error) === "ENOTEMPTY" ? hasFiles(folder, error) : error;
      });
    });
  } catch (error) {
    for (const path of made.toReversed()) await rmdir(path).catch(() => undefined);
    throw error;
  }
}

/** An existing folder is kept, because it may be a mount, or the folder in which the command was typed. */
async function fillInside(folder: string, mode: number, fill: (draft: string) => Promise<void>): Promise<void> {
  await withDraft(join(folder, ".part-"), mode, async (draft) => {
    await fill(draft);
    for (const name of await readdir(draft)) await rename(join(draft, name), join(folder, name));
  });
}

async function withDraft(prefix: string, mode: number, use: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${prefix}${randomBytes(6).toString("hex")}`;
  await mkdir(draft, { mode });
  try {
    await use(draft);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** False for a folder that does not exist. */
async function requireEmpty(folder: string): Promise<boolean> {
  try {
    if ((await readdir(folder)).length === 0) return true;
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return false;
    throw writeProblem(folder, error);
  }
  throw hasFiles(folder);
}

function hasFiles(folder: string, cause?: unknown): SealrunError {
  return new SealrunError("ALREADY_EXISTS", `${showName(folder)} has files in it; give a new or empty folder`, {
    cause,
  });
}

/** A missing folder is made, so what cannot be made or written is the folder, or one above it. */
function writeProblem(folder: string, error: unknown): SealrunError {
  const code = errorCodeOf(error) ?? "";
  if (code !== "EACCES" && code !== "EPERM" && code !== "EROFS" && code !== "ENOENT") return fileProblem(folder, error);
  const sentence = `${showName(folder)} cannot be written: you may not write there (${code}); choose another folder`;
  return new SealrunError("FILE_NOT_FOUND", sentence, { cause: error });
}
