import { open, readFile } from "node:fs/promises";
import { type ErrorCode, SealrunError, errorCodeOf } from "@sealrun/protocol";

/**
 * The bytes of a file that only its owner may read. Any other file fails with `code`, in a sentence that names the file,
 * its mode and what to do.
 */
export async function readPrivateFile(file: string, code: ErrorCode): Promise<Uint8Array> {
  const handle = await open(file, "r").catch((error: unknown) => {
    throw new SealrunError(
      code,
      `${file} cannot be read (${errorCodeOf(error) ?? "no reason given"}); check the path and its owner`,
      {
        cause: error,
      },
    );
  });
  try {
    // Checks the open file, not the path: another file could be put there in between.
    const stat = await handle.stat();
    if (!stat.isFile()) throw new SealrunError(code, `${file} is not a file`);
    const mode = stat.mode & 0o777;
    if ((mode & 0o077) !== 0) {
      const found = mode.toString(8).padStart(4, "0");
      throw new SealrunError(code, `${file} has mode ${found}, so other users can read it; run chmod 600 ${file}`);
    }
    return new Uint8Array(await handle.readFile());
  } finally {
    await handle.close();
  }
}

/** The bytes of a file that every user may read, such as a public key. Fails with `code` and the reason. */
export async function readPublicFile(file: string, code: ErrorCode): Promise<Uint8Array> {
  return readFile(file).catch((error: unknown) => {
    throw new SealrunError(
      code,
      `${file} cannot be read (${errorCodeOf(error) ?? "no reason given"}); check the path and its owner`,
      {
        cause: error,
      },
    );
  });
}
