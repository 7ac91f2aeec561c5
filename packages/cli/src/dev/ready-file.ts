import { randomBytes } from "node:crypto";
import { open, rm, stat } from "node:fs/promises";
import { errorCodeOf, SealrunError, showName } from "@sealrun/protocol";

/** `CONFIG_INVALID` when no file can be written at that path: it is tried, before a start takes its time. */
export async function requireWritable(option: string, path: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    if ((await stat(path).catch(() => undefined))?.isDirectory() === true) throw cannot(option, path, "it is a folder");
    await (await open(draft, "wx", 0o600)).close();
    await rm(draft);
  } catch (error) {
    if (error instanceof SealrunError) throw error;
    throw cannot(option, path, words[errorCodeOf(error) ?? ""] ?? errorCodeOf(error) ?? "it failed", error);
  }
}

const words: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder does not exist",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "you may not write there",
  ENOSPC: "its disk is full",
};

function cannot(option: string, path: string, reason: string, cause?: unknown): SealrunError {
  return new SealrunError("CONFIG_INVALID", `${option}: ${showName(path)} cannot be written: ${reason}`, { cause });
}
