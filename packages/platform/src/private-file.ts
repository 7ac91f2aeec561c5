import { readFile, stat } from "node:fs/promises";
import { type ErrorCode, SealrunError } from "@sealrun/protocol";

/** Reads a file that nobody but its owner may read. Throws `code`, naming the file and its mode or why it is not there. */
export async function readPrivateFile(path: string, code: ErrorCode): Promise<Uint8Array> {
  const bytes = await readPublicFile(path, code);
  const mode = (await stat(path)).mode & 0o777;
  if ((mode & 0o077) === 0) return bytes;
  throw new SealrunError(
    code,
    `${path} has mode ${mode.toString(8).padStart(4, "0")}, so others can read it; run chmod 600 on it`,
  );
}

/** Reads a file that anyone may read. Throws `code` with the reason. */
export async function readPublicFile(path: string, code: ErrorCode): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new SealrunError(code, `${path} cannot be read (${reasonOf(error)}); check the path and its owner`, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "no reason given";
}
