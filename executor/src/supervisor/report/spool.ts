import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { openWithKey, sealWithKey, spoolContext, spooledReportContext, type SymmetricKey, utf8 } from "@sealrun/crypto";
import {
  decode,
  encodeJson,
  executionId,
  finishedAttempt,
  reportItem,
  type SentEnd,
  type AttemptRef,
} from "@sealrun/protocol";
import { z } from "zod";
import { openSegments, type ReportSegments } from "./report-segments.ts";
import { type Chunk, itemsText } from "./send-chunk.ts";

const spooledEnd = z.object({
  finish: finishedAttempt.omit({ report: true }),
  /** Chunks that are in no segment: their items as JSON. An earlier release wrote the items themselves. */
  chunks: z.array(
    z.object({ sequence: z.number().int().positive(), items: z.union([z.string(), z.array(reportItem).min(1)]) }),
  ),
});

/** The end of one attempt, until the platform has it. */
export interface SpooledEnd {
  readonly finish: SentEnd;
  /** Chunks that could not be spooled when they were made. An earlier release kept here all that no stream had. */
  readonly chunks: readonly Chunk[];
}

/** What an earlier process left of an attempt. */
export interface LeftAttempt extends AttemptRef {
  readonly hasEnd: boolean;
  /** Files of its reports, by their numbers. */
  readonly segments: readonly number[];
  /** When the newest of its files was written, by this machine's clock. */
  readonly writtenAt: number;
}

/**
 * The ends and reports of attempts that the platform has not confirmed, on disk. They are masked, and each is sealed
 * with the executor's own key, so that only this executor can read them.
 */
export interface Spool {
  /** Writes an end, completely or not at all; it is on the disk when this returns. Fails as the file system does. */
  write(end: SpooledEnd): Promise<void>;
  /** The end of an attempt. For a file of another executor, or a changed one, fails with the codes of sealed values. */
  read(ref: AttemptRef): Promise<SpooledEnd>;
  /** Removes the end of an attempt, if there is one. */
  remove(ref: AttemptRef): Promise<void>;
  /**
   * Opens the reports of an attempt: those that an earlier process left, or none yet. They belong to this process now.
   */
  openReports(ref: AttemptRef, left?: readonly number[]): Promise<SpooledReports>;
  /** The attempts that an earlier process left, without those whose reports this one has opened. */
  list(): Promise<readonly LeftAttempt[]>;
  /** The size on disk of all opened reports, in bytes. */
  reportBytes(): number;
}

/** The reports of one attempt on disk. Each method fails as the file system does. */
export interface SpooledReports extends Omit<ReportSegments, "append" | "read"> {
  /** Adds a chunk; once this returns, it survives a killed process, but not a power cut. */
  append(chunk: Chunk): Promise<void>;
  /** A chunk, or undefined. Fails with the codes of sealed values when it was changed. */
  read(sequence: number): Promise<Chunk | undefined>;
}

const fileName = /^(?<id>[^.]+)\.(?<attempt>[1-9][0-9]{0,8})\.(?:end|(?<segment>[1-9][0-9]{0,8})\.reports)$/;

/** The spool in a folder, which is made when it does not exist. */
export function openSpool(options: {
  readonly folder: string;
  readonly key: SymmetricKey;
  readonly executorId: string;
}): Spool {
  const { folder, key, executorId } = options;
  const opened = new Set<string>();
  let reportBytes = 0;
  const nameOf = (ref: AttemptRef): string => `${ref.executionId}.${ref.attempt}`;
  const fileOf = (ref: AttemptRef): string => join(folder, `${nameOf(ref)}.end`);
  const contextOf = ({ executionId: id, attempt }: AttemptRef) =>
    spoolContext({ executorId, executionId: id, attempt });
  return {
    write: async (end) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = fileOf(end.finish);
      const fresh = `${file}.new`;
      try {
        const chunks = end.chunks.map((chunk) => ({ sequence: chunk.sequence, items: itemsText(chunk) }));
        await writeSynced(fresh, sealWithKey(key, contextOf(end.finish), encodeJson({ ...end, chunks })));
        await rename(fresh, file);
      } catch (error) {
        await rm(fresh, { force: true });
        throw error;
      }
      await syncFolder(folder);
    },
    read: async (ref) => {
      const { finish, chunks } = decode(spooledEnd, openWithKey(key, contextOf(ref), await readFile(fileOf(ref))));
      const bytesOf = (items: (typeof chunks)[number]["items"]): Uint8Array =>
        typeof items === "string" ? utf8(items) : encodeJson(items);
      return { finish, chunks: chunks.map(({ sequence, items }) => ({ sequence, items: bytesOf(items) })) };
    },
    remove: async (ref) => rm(fileOf(ref), { force: true }),
    openReports: async (ref, left = []) => {
      opened.add(nameOf(ref));
      const placeOf = (sequence: number) =>
        spooledReportContext({ executorId, executionId: ref.executionId, attempt: ref.attempt, sequence });
      const segments = await openSegments({
        left,
        fileOf: (segment) => join(folder, `${nameOf(ref)}.${segment}.reports`),
        count: (bytes) => {
          reportBytes += bytes;
        },
      });
      return {
        ...segments,
        append: async ({ sequence, items }) => segments.append(sequence, sealWithKey(key, placeOf(sequence), items)),
        read: async (sequence) => {
          const sealed = await segments.read(sequence);
          if (sealed === undefined) return undefined;
          return { sequence, items: openWithKey(key, placeOf(sequence), sealed) };
        },
      };
    },
    list: async () => {
      const left = new Map<string, LeftAttempt>();
      for (const name of await readdir(folder).catch(() => [])) {
        const { id, attempt, segment } = fileName.exec(name)?.groups ?? {};
        const parsed = executionId.safeParse(id);
        if (!parsed.success) continue;
        const ref = { executionId: parsed.data, attempt: Number(attempt) };
        if (opened.has(nameOf(ref))) continue;
        const known = left.get(nameOf(ref)) ?? { ...ref, hasEnd: false, segments: [], writtenAt: 0 };
        left.set(nameOf(ref), {
          ...known,
          hasEnd: known.hasEnd || segment === undefined,
          segments: segment === undefined ? known.segments : [...known.segments, Number(segment)].toSorted(byNumber),
          writtenAt: Math.max(known.writtenAt, (await stat(join(folder, name))).mtimeMs),
        });
      }
      return [...left.values()];
    },
    reportBytes: () => reportBytes,
  };
}

function byNumber(a: number, b: number): number {
  return a - b;
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "w", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A rename is on the disk once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
