import { limits, SealrunError, showName } from "@sealrun/protocol";
import type { Grabbed } from "../../../parts/drop/held-drop.ts";
import type { DroppedFile } from "./dropped-file.ts";

/** The files that were chosen in a file dialog; a file from a folder has its path in the folder. */
export function collectChosen(files: readonly File[]): readonly DroppedFile[] {
  return files.map((file) => dropped(file.webkitRelativePath === "" ? file.name : file.webkitRelativePath, file));
}

/** All files in the dropped folders and files. */
export async function collectDropped(grabbed: readonly Grabbed[]): Promise<readonly DroppedFile[]> {
  const found: DroppedFile[] = [];
  for (const { entry, file } of grabbed) {
    if (entry !== null) await walk(entry, found);
    // A file that is not from a disk has no entry.
    else if (file !== null) found.push(dropped(file.name, file));
  }
  return found;
}

/** The exact limit is checked later; this one stops a walk through a whole disk. */
const maxFiles = 4 * limits.packageFiles;

async function walk(entry: FileSystemEntry, found: DroppedFile[]): Promise<void> {
  if (found.length > maxFiles) {
    throw new SealrunError(
      "PACKAGE_INVALID",
      `Expected at most ${limits.packageFiles} files, found many more; choose the folder of one package`,
    );
  }
  const path = entry.fullPath.replace(/^\//, "");
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => {
      entry.file(resolve, (cause) => reject(unreadable(path, cause)));
    });
    found.push(dropped(path, file));
  }
  // A .git folder is never part of a package, and can be very large.
  if (isFolder(entry) && entry.name !== ".git") {
    const reader = entry.createReader();
    for (let batch = await readBatch(reader, path); batch.length > 0; batch = await readBatch(reader, path)) {
      for (const inside of batch) await walk(inside, found);
    }
  }
}

async function readBatch(reader: FileSystemDirectoryReader, path: string): Promise<readonly FileSystemEntry[]> {
  return new Promise((resolve, reject) => {
    reader.readEntries(resolve, (cause) => reject(unreadable(path, cause)));
  });
}

function dropped(path: string, file: File): DroppedFile {
  return { path, size: file.size, kind: "file", read: async () => readFile(path, file) };
}

async function readFile(path: string, file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): SealrunError {
  return new SealrunError(
    "FILE_NOT_FOUND",
    `${showName(path)} cannot be read; it may have been moved or changed. Choose it again`,
    { cause },
  );
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
