import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorCodeOf } from "@sealrun/protocol";
import { encodingsOf, piecesOf } from "./encodings.ts";

/** Where a value was found. Never the value. */
export interface Finding {
  readonly value: string;
  readonly encoding: string;
  readonly place: string;
}

/** A value to look for; `label` names it in findings. */
export interface Wanted {
  readonly label: string;
  readonly value: string;
  /** All of it is random, so that a few bytes of it are enough to know it. */
  readonly isRandom?: boolean;
}

/** What a search covered and found. */
export interface FileSearch {
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  /** Files and folders that this user may not read. */
  readonly unreadable: readonly string[];
}

const chunkBytes = 1024 * 1024;

/**
 * Searches every regular file at or below the paths, byte by byte, for every form of every value. With `since`, in ms
 * since 1970, only files that were changed at that time or later: values made after it can be in no other.
 */
export async function searchFiles(
  paths: readonly string[],
  wanted: readonly Wanted[],
  { since }: { readonly since?: number | undefined } = {},
): Promise<FileSearch> {
  const files = new Set<string>();
  const findings: Finding[] = [];
  const unreadable = new Set<string>();
  const search = createByteSearch(wanted);
  const buffer = Buffer.alloc(chunkBytes + search.overlap);
  const noteRefusal = (path: string, error: unknown): void => {
    // Files of running programs come and go.
    if (["EACCES", "EPERM"].includes(errorCodeOf(error) ?? "")) unreadable.add(path);
  };
  for (const root of paths) {
    for await (const path of listFiles(root, { since, noteRefusal })) {
      if (files.has(path)) continue;
      files.add(path);
      try {
        findings.push(...(await searchFile(path, search, buffer)));
      } catch (error) {
        files.delete(path);
        noteRefusal(path, error);
      }
    }
  }
  return { files: [...files], findings, unreadable: [...unreadable] };
}

/** Finds forms of values in bytes. */
export interface ByteSearch {
  /** The length of the longest form minus one: how many bytes of a chunk must be searched again with the next. */
  readonly overlap: number;
  find(bytes: Buffer, place: string): readonly Finding[];
}

/** Prepares all forms of all values once: one pass over the bytes finds all of them by their first two bytes. */
export function createByteSearch(wanted: readonly Wanted[]): ByteSearch {
  const needles = wanted.flatMap(({ label, value, isRandom = false }) =>
    [...encodingsOf(value), ...(isRandom ? [["a piece", piecesOf(value)] as const] : [])].flatMap(([encoding, forms]) =>
      forms.map((form) => ({ label, encoding, form })),
    ),
  );
  const byStart = new Map<number, typeof needles>();
  const starts = new Uint8Array(65_536);
  for (const needle of needles) {
    const start = needle.form.readUInt16BE(0);
    starts[start] = 1;
    byStart.set(start, [...(byStart.get(start) ?? []), needle]);
  }
  return {
    overlap: Math.max(0, ...needles.map(({ form }) => form.length)) - 1,
    find: (bytes, place) => {
      const found = new Set<(typeof needles)[number]>();
      let start = bytes[0] ?? 0;
      for (let at = 1; at < bytes.length; at += 1) {
        start = ((start << 8) | (bytes[at] ?? 0)) & 0xff_ff;
        if (starts[start] === 0) continue;
        for (const needle of byStart.get(start) ?? []) {
          const end = at - 1 + needle.form.length;
          if (end <= bytes.length && bytes.compare(needle.form, 0, needle.form.length, at - 1, end) === 0)
            found.add(needle);
        }
      }
      return [...found].map(({ label, encoding }) => ({ value: label, encoding, place }));
    },
  };
}

interface Listing {
  readonly since: number | undefined;
  readonly noteRefusal: (path: string, error: unknown) => void;
}

/** The regular files at or below a path; no link is followed. */
async function* listFiles(path: string, listing: Listing): AsyncGenerator<string> {
  const { since, noteRefusal } = listing;
  try {
    const found = await lstat(path);
    if (found.isFile() && (since === undefined || Math.max(found.ctimeMs, found.mtimeMs) >= since)) yield path;
    if (!found.isDirectory()) return;
    for (const name of await readdir(path)) yield* listFiles(join(path, name), listing);
  } catch (error) {
    noteRefusal(path, error);
  }
}

/** Reads a file through one buffer: the end of each chunk is kept before the next, for a value that lies across both. */
async function searchFile(path: string, search: ByteSearch, buffer: Buffer): Promise<readonly Finding[]> {
  const file = await open(path);
  const found: Finding[] = [];
  try {
    let kept = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, buffer.length - kept);
      if (bytesRead === 0) break;
      const filled = kept + bytesRead;
      found.push(...search.find(buffer.subarray(0, filled), path));
      kept = Math.min(filled, search.overlap);
      buffer.copyWithin(0, filled - kept, filled);
    }
  } finally {
    await file.close();
  }
  return found;
}
