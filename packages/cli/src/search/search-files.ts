import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { encodingsOf } from "./encodings.ts";

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
}

/** What a search covered and found. */
export interface FileSearch {
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
}

const chunkBytes = 1024 * 1024;

/** Searches every regular file below the folders, byte by byte, for every form of every value. */
export async function searchFiles(folders: readonly string[], wanted: readonly Wanted[]): Promise<FileSearch> {
  const files: string[] = [];
  const findings: Finding[] = [];
  const search = createByteSearch(wanted);
  const buffer = Buffer.alloc(chunkBytes + search.overlap);
  for (const folder of folders) {
    for (const path of await listFiles(folder)) {
      files.push(path);
      findings.push(...(await searchFile(path, search, buffer)));
    }
  }
  return { files, findings };
}

/** Finds forms of values in bytes. */
export interface ByteSearch {
  /** The length of the longest form minus one: how many bytes of a chunk must be searched again with the next. */
  readonly overlap: number;
  find(bytes: Buffer, place: string): readonly Finding[];
}

/** Prepares all forms of all values once: one pass over the bytes finds all of them by their first two bytes. */
export function createByteSearch(wanted: readonly Wanted[]): ByteSearch {
  const needles = wanted.flatMap(({ label, value }) =>
    [...encodingsOf(value)].flatMap(([encoding, forms]) => forms.map((form) => ({ label, encoding, form }))),
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

async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listFiles(path);
      return entry.isFile() && (await lstat(path).catch(() => undefined)) !== undefined ? [path] : [];
    }),
  );
  return nested.flat();
}

/** Reads a file through one buffer: the end of each chunk is kept before the next, for a value that lies across both. */
async function searchFile(path: string, search: ByteSearch, buffer: Buffer): Promise<readonly Finding[]> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return [];
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
