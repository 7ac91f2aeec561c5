import { executableInZip, limits, type PackageFile, SealrunError, showName } from "@sealrun/protocol";
import { type Entry, fromBufferPromise, type LocalFileHeader, type ZipFile } from "yauzl";
import { readEntryName } from "./entry-name.ts";
import { refuseArchive, refuseEntry } from "./refuse-entry.ts";

/** One entry of a zip, and where its bytes begin. */
export interface ZipEntry extends PackageFile {
  readonly entry: Entry;
  readonly dataStart: number;
}

/** Folders, and files that do not get into the package, count too. */
const maxEntries = 4 * limits.packageFiles;
const encryptedFlag = 0x1;
const sizesFollowFlag = 0x8;
/** In a 32-bit field: the number is in a 64-bit field elsewhere. */
const elsewhere = 0xffff_ffff;
const fileTypeBits = 0o170000;
const regularType = 0o100000;
const folderType = 0o040000;
const linkType = 0o120000;

/**
 * Reads the central directory of an archive in memory, and compares it with each local header. `PACKAGE_INVALID` names
 * the first entry that is encrypted, compressed by another method than deflate, described differently in the two
 * places, or overlapping another entry.
 */
export async function listEntries(archive: Buffer): Promise<readonly ZipEntry[]> {
  const zip = await open(archive);
  if (zip.entryCount > maxEntries) {
    throw new SealrunError(
      "PACKAGE_INVALID",
      `Expected at most ${maxEntries} entries in the zip, found ${zip.entryCount}; leave out what the scripts do not read`,
    );
  }
  const directoryStart = Number(zip.readEntryCursor);
  const entries: ZipEntry[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      entries.push(await readEntry(zip, entry, readEntryName(entry, placeAfter(entries))));
    }
  } catch (error) {
    throw refuseArchive(`in ${placeAfter(entries)}`, error);
  }
  refuseOverlaps(entries, directoryStart);
  return entries;
}

async function open(archive: Buffer): Promise<ZipFile> {
  try {
    // Names stay bytes: the library would silently replace bytes that are not UTF-8.
    return await fromBufferPromise(archive, { decodeStrings: false, validateEntrySizes: true, strictFileNames: true });
  } catch (error) {
    throw refuseArchive("at its end", error);
  }
}

function placeAfter(entries: readonly ZipEntry[]): string {
  const last = entries.at(-1);
  return last === undefined ? "the first entry" : `the entry after ${showName(last.path)}`;
}

async function readEntry(zip: ZipFile, entry: Entry, path: string): Promise<ZipEntry> {
  if ((entry.generalPurposeBitFlag & encryptedFlag) !== 0) {
    throw refuseEntry(path, "expected a file without a password; make the zip without encryption");
  }
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    throw refuseEntry(
      path,
      `expected a stored or deflated file, but its compression method is ${entry.compressionMethod}; make the zip with the usual compression`,
    );
  }
  const local = await readLocalHeader(zip, entry, path);
  if (!isSame(entry, local)) {
    throw refuseEntry(path, "the zip describes this entry in two different ways; make the zip again");
  }
  const kind = kindOf(entry, path);
  if (kind === "folder" && entry.uncompressedSize !== 0) {
    throw refuseEntry(path, "expected a folder without content; make the zip again");
  }
  const executable = executableInZip(entry.externalFileAttributes);
  return { path, size: entry.uncompressedSize, kind, executable, entry, dataStart: local.fileDataStart };
}

async function readLocalHeader(zip: ZipFile, entry: Entry, path: string): Promise<LocalFileHeader> {
  return new Promise((resolve, reject) => {
    zip.readLocalFileHeader(entry, (error, header) => {
      if (error === null) resolve(header);
      else reject(refuseEntry(path, "the zip does not have it where its list says; make the zip again", error));
    });
  });
}

/** Programs differ in which of the two headers they use, so both must say the same. */
function isSame(entry: Entry, local: LocalFileHeader): boolean {
  const flags = encryptedFlag | sizesFollowFlag;
  if (!local.fileName.equals(entry.fileNameRaw)) return false;
  if (local.compressionMethod !== entry.compressionMethod) return false;
  if ((local.generalPurposeBitFlag & flags) !== (entry.generalPurposeBitFlag & flags)) return false;
  if ((local.generalPurposeBitFlag & sizesFollowFlag) !== 0) return true;
  return (
    local.crc32 === entry.crc32 &&
    (local.compressedSize === elsewhere || local.compressedSize === entry.compressedSize) &&
    (local.uncompressedSize === elsewhere || local.uncompressedSize === entry.uncompressedSize)
  );
}

/** Works for entries of any system: only Unix sets these bits. */
function kindOf({ externalFileAttributes }: Entry, path: string): PackageFile["kind"] {
  const type = (externalFileAttributes >>> 16) & fileTypeBits;
  if (type === linkType) return "link";
  if (type === folderType || ((type === 0 || type === regularType) && path.endsWith("/"))) return "folder";
  return type === 0 || type === regularType ? "file" : "device";
}

/** Entries that share bytes let a small archive unpack to a huge one; no normal program makes them. */
function refuseOverlaps(entries: readonly ZipEntry[], directoryStart: number): void {
  const places = entries
    .map(({ path, entry, dataStart }) => ({
      path,
      start: entry.relativeOffsetOfLocalHeader,
      end: dataStart + entry.compressedSize,
    }))
    .toSorted((left, right) => left.start - right.start);
  for (const [index, { path, end }] of places.entries()) {
    const next = places[index + 1];
    if (end > (next?.start ?? directoryStart)) {
      const over = next === undefined ? "the zip's own list" : showName(next.path);
      throw refuseEntry(path, `its content overlaps ${over}; make the zip again`);
    }
  }
}
