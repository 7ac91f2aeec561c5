import { readdir } from "node:fs/promises";
import { errorCodeOf, SealrunError, showName } from "@sealrun/protocol";
import { makeFolder } from "./make-folder.ts";
import { fileProblem } from "./read-file.ts";

/**
 * Makes a folder, or takes an empty one, and lets `fill` write into it. `ALREADY_EXISTS` for a folder with files in it:
 * nothing is overwritten. What cannot be written is told as the folder's fault.
 */
export async function fillNewFolder(folder: string, mode: number, fill: () => Promise<void>): Promise<void> {
  await requireEmpty(folder);
  try {
    await makeFolder(folder, mode);
    await fill();
  } catch (error) {
    throw error instanceof SealrunError ? error : writeProblem(folder, error);
  }
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

/** A missing folder is made, so what cannot be made or written is the folder, or one above it. */
function writeProblem(folder: string, error: unknown): SealrunError {
  const code = errorCodeOf(error) ?? "";
  if (code !== "EACCES" && code !== "EPERM" && code !== "EROFS" && code !== "ENOENT") return fileProblem(folder, error);
  const sentence = `${showName(folder)} cannot be written: you may not write there (${code}); choose another folder`;
  return new SealrunError("FILE_NOT_FOUND", sentence, { cause: error });
}
