import { firstLineBytes, firstLineOf, SealrunError } from "@sealrun/protocol";
import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { join } from "node:path";

/**
 * The first line of a script in the folder of its run. An earlier step, or an earlier try, may have put anything in its
 * place: a named pipe is never waited for, and a link that leads out of the folder is not followed. Throws
 * `PACKAGE_INVALID` for these, and the errors of the file system.
 */
export async function readFirstLine(folder: string, script: string): Promise<string> {
  const path = await realpath(join(folder, script));
  if (!path.startsWith(`${await realpath(folder)}/`)) throw replaced(script);
  // Without O_NONBLOCK, a pipe without a writer would keep this process waiting without end, deaf to a cancel.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    if (!(await file.stat()).isFile()) throw replaced(script);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(firstLineBytes), 0, firstLineBytes, 0);
    return firstLineOf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** The error for a script that an earlier step replaced or removed, or that can no longer be opened. */
export function replaced(script: string, cause?: unknown): SealrunError {
  return new SealrunError(
    "PACKAGE_INVALID",
    `${script} is no longer a file that can be read; an earlier step of this run has removed or replaced it`,
    { cause },
  );
}
