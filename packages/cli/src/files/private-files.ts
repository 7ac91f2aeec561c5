import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, open, rename, stat, writeFile } from "node:fs/promises";
import { SealrunError, errorCodeOf } from "@sealrun/protocol";
import { makeFolder } from "./make-folder.ts";

/** A random password: 32 bytes in URL-safe text, so that it needs no quoting anywhere. */
export function newPassword(): string {
  return randomBytes(32).toString("base64url");
}

/** Makes a 0700 folder, or checks the existing one. `DATA_FOLDER_UNUSABLE` names it when it cannot be written. */
export async function ensureFolder(path: string): Promise<void> {
  try {
    await makeFolder(path);
    if (!(await stat(path)).isDirectory()) {
      throw new SealrunError("DATA_FOLDER_UNUSABLE", `${path} is not a folder; give another one with --data`);
    }
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Writes a file that only its owner may read, whatever the umask; an existing one is replaced. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, "w", 0o600);
    // The mode above applies only to a new file.
    await file.chmod(0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unusable(path, error);
  }
}

/**
 * Writes a file of mode 0600 under another name first, so that no reader sees half of it, even after a kill.
 * `DATA_FOLDER_UNUSABLE` when it cannot be written.
 */
export async function replacePrivateFile(path: string, content: Uint8Array | string): Promise<void> {
  try {
    await writeFile(`${path}.new`, content, { mode: 0o600, flush: true });
    await rename(`${path}.new`, path);
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Opens a log for appending that only its owner may read, and gives its descriptor and how to close it. */
export async function openLog(path: string): Promise<{ readonly fd: number; readonly close: () => Promise<void> }> {
  try {
    const handle = await open(path, "a", 0o600);
    return { fd: handle.fd, close: () => handle.close() };
  } catch (error) {
    throw unusable(path, error);
  }
}

function unusable(path: string, cause: unknown): SealrunError {
  if (cause instanceof SealrunError) return cause;
  const reason = errorCodeOf(cause) ?? "it failed";
  if (reason === "ENOSPC" || reason === "EDQUOT") return diskFull(path, cause);
  const advice = "give another folder with --data, or make this one writable";
  return new SealrunError("DATA_FOLDER_UNUSABLE", `${path} cannot be used (${reason}); ${advice}`, { cause });
}

/** `DISK_FULL` for a path that cannot be written because its disk is full. */
export function diskFull(path: string, cause?: unknown): SealrunError {
  const sentence = `The disk of ${path} is full; free some space, or give another folder with --data`;
  return new SealrunError("DISK_FULL", sentence, { cause });
}
