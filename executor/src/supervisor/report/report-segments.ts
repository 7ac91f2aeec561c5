import { mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { findRecords, frameRecord, placeAfter, type RecordPlace } from "./spool-record.ts";

/** A file of this size gets no more records, so that one unconfirmed chunk keeps little more than this on the disk. */
const segmentBytes = 1024 * 1024;

/** The spooled chunks of one attempt, sealed, in files that are only ever appended to. */
export interface ReportSegments {
  /**
   * Adds a sealed chunk. Once this returns, the chunk survives a killed process, but not a power cut: syncing each
   * chunk would cost every run more than its start does. Fails as the file system does; then nothing was added.
   */
  append(sequence: number, sealed: Uint8Array): Promise<void>;
  /** The sealed bytes of a chunk, or undefined. Fails as the file system does. */
  read(sequence: number): Promise<Uint8Array | undefined>;
  /** The sequences of all kept chunks. */
  sequences(): readonly number[];
  /** Drops chunks; a file without other chunks is removed, unless more will be written to it. */
  drop(sequences: Iterable<number>): Promise<void>;
  /** Closes the file that is written to. */
  close(): Promise<void>;
  /** Removes all files. */
  remove(): Promise<void>;
  /** The size of all files, in bytes. */
  bytes(): number;
}

interface Segment {
  readonly file: string;
  bytes: number;
  /** Chunks in it that are still kept. */
  live: number;
}

/**
 * The segments of one attempt; an earlier process may have left some. `fileOf` names the file of a number, `count` is
 * called with how many bytes more or fewer there are.
 */
export async function openSegments(options: {
  readonly left: readonly number[];
  readonly fileOf: (segment: number) => string;
  readonly count: (bytes: number) => void;
}): Promise<ReportSegments> {
  const { left, fileOf, count } = options;
  const places = new Map<number, RecordPlace & { readonly segment: Segment }>();
  const segments = new Set<Segment>();
  let next = 1 + Math.max(0, ...left);
  let current: { readonly segment: Segment; readonly handle: Awaited<ReturnType<typeof open>> } | undefined;

  const grow = (segment: Segment, bytes: number): void => {
    segment.bytes += bytes;
    count(bytes);
  };
  const add = (segment: Segment, place: RecordPlace): void => {
    const replaced = places.get(place.sequence);
    if (replaced !== undefined) replaced.segment.live -= 1;
    places.set(place.sequence, { ...place, segment });
    segment.live += 1;
  };
  const removeSegment = async (segment: Segment): Promise<void> => {
    await rm(segment.file, { force: true });
    if (segments.delete(segment)) grow(segment, -segment.bytes);
  };
  const close = async (): Promise<void> => {
    const closed = current;
    current = undefined;
    await closed?.handle.close();
  };
  const openCurrent = async () => {
    if (current !== undefined && current.segment.bytes < segmentBytes) return current;
    await close();
    const segment: Segment = { file: fileOf(next), bytes: 0, live: 0 };
    next += 1;
    await mkdir(dirname(segment.file), { recursive: true, mode: 0o700 });
    const handle = await open(segment.file, "ax", 0o600);
    segments.add(segment);
    current = { segment, handle };
    return current;
  };

  for (const number of left) {
    const segment: Segment = { file: fileOf(number), bytes: 0, live: 0 };
    const bytes = await readFile(segment.file);
    segments.add(segment);
    grow(segment, bytes.length);
    for (const place of findRecords(bytes)) add(segment, place);
  }

  return {
    append: async (sequence, sealed) => {
      const { segment, handle } = await openCurrent();
      const record = frameRecord(sequence, sealed);
      try {
        await handle.appendFile(record);
      } catch (error) {
        // A part of the record may be in the file: records after it could not be found again.
        await handle.truncate(segment.bytes).catch(close);
        throw error;
      }
      add(segment, { sequence, offset: placeAfter(segment.bytes), length: sealed.length });
      grow(segment, record.length);
    },
    read: async (sequence) => {
      const place = places.get(sequence);
      return place === undefined ? undefined : readPlace(place.segment.file, place);
    },
    sequences: () => [...places.keys()],
    drop: async (sequences) => {
      for (const sequence of sequences) {
        const place = places.get(sequence);
        if (place !== undefined) place.segment.live -= 1;
        places.delete(sequence);
      }
      // A full file gets no more records, so that it can be closed.
      if (current !== undefined && current.segment.live === 0 && current.segment.bytes >= segmentBytes) await close();
      for (const segment of segments)
        if (segment.live === 0 && segment !== current?.segment) await removeSegment(segment);
    },
    close,
    remove: async () => {
      await close();
      places.clear();
      for (const segment of segments) await removeSegment(segment);
    },
    bytes: () => [...segments].reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

async function readPlace(file: string, { offset, length }: RecordPlace): Promise<Uint8Array | undefined> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, offset);
    return bytesRead === length ? buffer : undefined;
  } finally {
    await handle.close();
  }
}
