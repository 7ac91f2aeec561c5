import { errorCodeOf } from "@sealrun/protocol";
import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import { wipe } from "@sealrun/crypto";
import type { ZipEntry } from "./list-entries.ts";
import { refuseEntry } from "./refuse-entry.ts";

const inflate = promisify(inflateRaw);

/**
 * A copy of the content of a file in an archive. `PACKAGE_INVALID` unless it has the size and the checksum that the
 * archive says. Inflating stops at that size, which the caller has found small enough.
 */
export async function unpackEntry(
  archive: Buffer,
  { path, size, dataStart, entry }: Omit<ZipEntry, "kind">,
): Promise<Uint8Array> {
  const packed = archive.subarray(dataStart, dataStart + entry.compressedSize);
  const bytes = entry.compressionMethod === 0 ? new Uint8Array(packed) : await inflateTo(packed, path, size);
  if (bytes.length === size && crc32(bytes) === entry.crc32) return bytes;
  wipe(bytes);
  throw refuseEntry(
    path,
    bytes.length === size
      ? "its content does not match its checksum, so the zip is damaged; make it again"
      : `${expectedSize(size)}, found ${bytes.length}; make the zip again`,
  );
}

async function inflateTo(packed: Buffer, path: string, size: number): Promise<Uint8Array> {
  try {
    // One chunk for everything, so that no copy of a secrets.json stays in another one.
    return await inflate(packed, { maxOutputLength: Math.max(1, size), chunkSize: Math.max(64, size + 1) });
  } catch (error) {
    const isTooLong = errorCodeOf(error) === "ERR_BUFFER_TOO_LARGE";
    const reason = isTooLong ? `${expectedSize(size)}, found more` : "its content is damaged";
    throw refuseEntry(path, `${reason}; make the zip again`, error);
  }
}

function expectedSize(size: number): string {
  return `expected ${size} bytes, as the zip says`;
}
