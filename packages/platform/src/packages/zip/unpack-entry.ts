import { crc32 } from "node:zlib";
import { concatBytes, wipe } from "@sealrun/crypto";
import type { ZipFile } from "yauzl";
import type { ZipEntry } from "./list-entries.ts";
import { refuseEntry } from "./refuse-entry.ts";

/**
 * The content of a file, whole and as its checksum says; inflating ends at the size that the archive's list gives, which
 * the caller has found small enough. With `isSecret` nothing but the answer holds the content afterwards.
 */
export async function unpackEntry(zip: ZipFile, { path, entry }: ZipEntry, isSecret: boolean): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    await inflate(zip, { path, entry }, chunks);
    const checksum = chunks.reduce((sum, chunk) => crc32(chunk, sum), 0);
    if (checksum !== entry.crc32) {
      throw refuseEntry(path, "its content does not match its checksum, the zip is damaged; make it anew");
    }
    return concatBytes(...chunks);
  } finally {
    if (isSecret) for (const chunk of chunks) wipe(chunk);
  }
}

async function inflate(
  zip: ZipFile,
  { path, entry }: Pick<ZipEntry, "path" | "entry">,
  chunks: Uint8Array[],
): Promise<void> {
  try {
    // The stream ends with an error at the first byte too many, and when one is missing.
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      const bytes: Uint8Array = chunk;
      chunks.push(bytes);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : "no reason given";
    throw refuseEntry(path, `its content cannot be unpacked (${reason}); make the zip anew`, error);
  }
}
