import { limits, type PackageFile, SealrunError, showName } from "@sealrun/protocol";
import { type Entry, fromBufferPromise, type LocalFileHeader, type ZipFile } from "yauzl";
import { readEntryName } from "./entry-name.ts";
import { refuseArchive, refuseEntry } from "./refuse-entry.ts";

/** One entry of a zip, and where its bytes begin. */
export interface ZipEntry extends PackageFile {
  readonly entry: Entry;
  readonly dataStart: number;
}

/** Folders, and files that are left out of a package, count here too. */
const maxEntries = 4 * limits.packageFiles;
const encryptedFlag = 0x1;
const sizesFollowFlag = 0x8;
/** In a header of 32 bits: the number is elsewhere, in 64. */
const elsewhere = 0xffff_ffff;
const fileTypeBits = 0o170000;
const regularType = 0o100000;
const folderType = 0o040000;
const linkType = 0o120000;

/**
 * Reads the list of an archive in memory, and holds it against what is said before each file's bytes. `PACKAGE_INVALID`
 * names the first entry that is encrypted, compressed in another way than by deflate, said to be two things, or lies
 * over another one.
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
    // Names stay bytes: decoded there, what is no UTF-8 would be replaced in silence.
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
      `expected a file that is stored or deflated, this one is compressed by method ${entry.compressionMethod}; zip it with the usual compression`,
    );
  }
  const local = await readLocalHeader(zip, entry, path);
  if (!isSame(entry, local)) {
    throw refuseEntry(path, "the zip says two different things of this entry; make the zip anew");
  }
  const kind = kindOf(entry, path);
  if (kind === "folder" && entry.uncompressedSize !== 0) {
    throw refuseEntry(path, "expected a folder, which has no content of its own; make the zip anew");
  }
  return { path, size: entry.uncompressedSize, kind, entry, dataStart: local.fileDataStart };
}

async function readLocalHeader(zip: ZipFile, entry: Entry, path: string): Promise<LocalFileHeader> {
  return new Promise((resolve, reject) => {
    zip.readLocalFileHeader(entry, (error, header) => {
      if (error === null) resolve(header);
      else reject(refuseEntry(path, "the zip does not have it where its list says; make the zip anew", error));
    });
  });
}

/** Another program may believe the one or the other, so that both must say the same. */
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

/** Whatever system wrote the entry: only Unix's file types have these bits. */
function kindOf({ externalFileAttributes }: Entry, path: string): PackageFile["kind"] {
  const type = (externalFileAttributes >>> 16) & fileTypeBits;
  if (type === linkType) return "link";
  if (type === folderType || ((type === 0 || type === regularType) && path.endsWith("/"))) return "folder";
  return type === 0 || type === regularType ? "file" : "device";
}

/** Entries that share bytes let a small archive unpack to a huge one; nothing honest makes them. */
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
      throw refuseEntry(path, `its content lies over ${over}; make the zip anew`);
    }
  }
}
