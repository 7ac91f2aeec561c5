import { open } from "node:fs/promises";
import { SealrunError, showBytes, showName, errorCodeOf } from "@sealrun/protocol";

/** The bytes of a file that a person named; `FILE_NOT_FOUND` says why it cannot be read, `VALUE_TOO_LARGE` the limit. */
export async function readNamedFile(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      if (size > maxBytes) {
        throw new SealrunError(
          "VALUE_TOO_LARGE",
          `${showName(path)}: expected at most ${showBytes(maxBytes)}, found ${size} bytes`,
        );
      }
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof SealrunError ? error : fileProblem(path, error);
  }
}

/** `FILE_NOT_FOUND` with the file system's error about a path in words. */
export function fileProblem(path: string, cause: unknown): SealrunError {
  const code = errorCodeOf(cause) ?? "";
  return new SealrunError("FILE_NOT_FOUND", `${showName(path)} ${words[code] ?? `cannot be read (${code})`}`, {
    cause,
  });
}

const words: Readonly<Record<string, string>> = {
  ENOENT: "does not exist; check the path",
  EACCES: "cannot be read; check its owner and mode",
  EISDIR: "is a folder; expected a file",
  ENOTDIR: "is not a folder; check the path",
};
