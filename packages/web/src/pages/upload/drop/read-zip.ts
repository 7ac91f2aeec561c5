import { executableInZip, limits, type PackageFile, SealrunError, showName } from "@sealrun/protocol";
import { type Entry, type FileEntry, Uint8ArrayReader, ZipReader } from "@zip.js/zip.js/lib/zip-core-native.js";
import type { DroppedFile } from "./dropped-file.ts";

const fileTypeBits = 0o170000;
const regularType = 0o100000;
const folderType = 0o040000;
const linkType = 0o120000;

/** Folders and files that are left out of a package count too. */
const maxEntries = 4 * limits.packageFiles;

/**
 * The entries of a zip, not unpacked yet. As on the platform, an entry that two programs could read differently is
 * refused: `PACKAGE_INVALID` names it. Reading an entry inflates no more bytes than the zip's list says, and compares the
 * checksum.
 */
export async function readZip(archive: Uint8Array): Promise<readonly DroppedFile[]> {
  const reader = new ZipReader(new Uint8ArrayReader(archive), {
    useWebWorkers: false,
    strictness: "strict",
    // Names are checked with the rules of packages, whose sentences say what to do.
    filenameValidation: "tolerant",
    checkCrc32: true,
    checkOverlappingEntry: true,
  });
  const entries = await list(reader);
  return entries.map((entry) => ({ ...describe(entry), read: async () => unpack(entry) }));
}

async function list(reader: ZipReader<unknown>): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      entries.push(entry);
      if (entries.length > maxEntries) throw invalid(`Expected at most ${maxEntries} entries in the zip`);
    }
  } catch (error) {
    if (error instanceof SealrunError) throw error;
    throw invalid(`Expected a whole zip archive, this one is broken (${reasonOf(error)}); create it again`, error);
  }
  return entries;
}

function describe(entry: Entry): PackageFile {
  const path = entry.filename;
  if (!isUtf8(entry.rawFilename)) throw invalid(`${showName(path)}: expected names in UTF-8; rename it`);
  if (entry.encrypted) {
    throw invalid(`${showName(path)}: expected a file without a password; make the zip without encryption`);
  }
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    throw invalid(
      `${showName(path)}: expected a file that is stored or deflated, this one is compressed by method ${entry.compressionMethod}; zip it with the usual compression`,
    );
  }
  const executable = executableInZip(entry.externalFileAttributes);
  return { path, size: entry.uncompressedSize, kind: kindOf(entry), executable };
}

/** Valid for entries from every system: only the file types of Unix set these bits. */
function kindOf({ externalFileAttributes, filename }: Entry): PackageFile["kind"] {
  const type = (externalFileAttributes >>> 16) & fileTypeBits;
  if (type === linkType) return "link";
  if (type === folderType || ((type === 0 || type === regularType) && filename.endsWith("/"))) return "folder";
  return type === 0 || type === regularType ? "file" : "device";
}

async function unpack(entry: Entry): Promise<Uint8Array> {
  const bytes = new Uint8Array(entry.uncompressedSize);
  let length = 0;
  const writable = new WritableStream<Uint8Array>({
    write: (chunk) => {
      if (length + chunk.length > bytes.length) {
        throw invalid(`${showName(entry.filename)}: unpacks to more than the zip says; create the zip again`);
      }
      bytes.set(chunk, length);
      length += chunk.length;
    },
  });
  try {
    if (isFolder(entry)) throw invalid("is a folder");
    await entry.getData(writable);
  } catch (error) {
    if (error instanceof SealrunError) throw error;
    throw invalid(
      `${showName(entry.filename)}: its content cannot be unpacked (${reasonOf(error)}); create the zip again`,
      error,
    );
  }
  if (length === bytes.length) return bytes;
  throw invalid(`${showName(entry.filename)}: unpacks to less than the zip says; create the zip again`);
}

function isFolder(entry: Entry): entry is Exclude<Entry, FileEntry> {
  return entry.directory;
}

/** The encoding of other names could only be guessed. */
function isUtf8(raw: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(raw);
    return true;
  } catch {
    return false;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && error.message !== "" ? error.message.toLowerCase() : "no reason given";
}

function invalid(sentence: string, cause?: unknown): SealrunError {
  return new SealrunError("PACKAGE_INVALID", sentence, { cause });
}
