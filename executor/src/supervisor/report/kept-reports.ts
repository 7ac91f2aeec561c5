import { limits, SealrunError, type AttemptRef } from "@sealrun/protocol";
import type { Logger } from "pino";
import { errorCodeOf } from "../../errno.ts";
import type { Chunk } from "./send-chunk.ts";
import type { Spool, SpooledReports } from "./spool.ts";

/** What one run may hold in memory while the disk takes nothing. */
const maxInMemoryBytes = 4 * 1024 * 1024;
/** A run with less in the spool has nothing to free when other runs fill it. */
const minToFreeBytes = 1024 * 1024;

/** The chunks of one attempt that the platform has not confirmed: in the spool, or in memory when the disk takes nothing. */
export interface KeptReports {
  readonly ref: AttemptRef;
  /** Keeps a chunk; false when it is in memory only, because it cannot be written. Each run logs that once. */
  keep(chunk: Chunk): Promise<boolean>;
  /** A kept chunk; undefined when there is none, or it cannot be opened. */
  find(sequence: number): Promise<Chunk | undefined>;
  /** Lets go of all chunks up to `upTo` but the missing ones, as an answer of the platform lists them. */
  confirm(missing: readonly number[], upTo: number): Promise<void>;
  /** The chunks that are in memory only. */
  inMemory(): readonly Chunk[];
  /** The highest sequence of a kept chunk; 0 without any. */
  lastSequence(): number;
  /** Whether more may be kept before something is confirmed. */
  hasRoom(): boolean;
  /** Whether it is time to ask what can be let go of. */
  isHalfFull(): boolean;
  /** Nothing more is kept. */
  close(): Promise<void>;
  /** Removes all of it. */
  remove(): Promise<void>;
}

/** Limits of the spool, which tests make smaller. */
export interface SpoolRoom {
  readonly runBytes: number;
  readonly allBytes: number;
}

const shippedRoom: SpoolRoom = { runBytes: limits.spoolRunBytes, allBytes: limits.spoolBytes };

/** What is kept of an attempt; `chunks` are in memory from the start. */
export function createKeptReports(
  deps: { readonly spool: Pick<Spool, "reportBytes">; readonly log: Logger; readonly room?: SpoolRoom | undefined },
  ref: AttemptRef,
  spooled: SpooledReports,
  chunks: readonly Chunk[] = [],
): KeptReports {
  const { spool, log, room = shippedRoom } = deps;
  const memory = new Map<number, { readonly chunk: Chunk; readonly bytes: number }>();
  let memoryBytes = 0;
  let hasFailed = false;
  const remember = (chunk: Chunk): void => {
    const bytes = JSON.stringify(chunk.items).length;
    memory.set(chunk.sequence, { chunk, bytes });
    memoryBytes += bytes;
  };
  const forget = (sequence: number): void => {
    memoryBytes -= memory.get(sequence)?.bytes ?? 0;
    memory.delete(sequence);
  };
  for (const chunk of chunks) remember(chunk);
  return {
    ref,
    keep: async (chunk) => {
      try {
        await spooled.append(chunk);
        return true;
      } catch (error) {
        remember(chunk);
        if (!hasFailed)
          log.error({ err: error, ...ref }, "Reports of a run cannot be spooled; they are in memory only");
        hasFailed = true;
        return false;
      }
    },
    find: async (sequence) => {
      try {
        return memory.get(sequence)?.chunk ?? (await spooled.read(sequence));
      } catch (error) {
        const isGone = errorCodeOf(error) === "ENOENT";
        if (!isGone && !(error instanceof SealrunError)) throw error;
        log.error({ err: error, ...ref, sequence }, "A report in the spool cannot be read");
        return undefined;
      }
    },
    confirm: async (missing, upTo) => {
      const wanted = new Set(missing);
      const listed = missing.length >= limits.missingChunks ? Math.max(...missing) : upTo;
      const isStored = (sequence: number): boolean => sequence <= listed && !wanted.has(sequence);
      for (const sequence of [...memory.keys()].filter(isStored)) forget(sequence);
      await spooled.forget(spooled.sequences().filter(isStored));
    },
    inMemory: () => [...memory.values()].map(({ chunk }) => chunk),
    lastSequence: () =>
      [...memory.keys(), ...spooled.sequences()].reduce((last, sequence) => Math.max(last, sequence), 0),
    hasRoom: () =>
      spooled.bytes() < room.runBytes && spool.reportBytes() < room.allBytes && memoryBytes < maxInMemoryBytes,
    isHalfFull: () =>
      spooled.bytes() > room.runBytes / 2 ||
      memoryBytes > maxInMemoryBytes / 2 ||
      (spool.reportBytes() > room.allBytes / 2 && spooled.bytes() > minToFreeBytes),
    close: async () => spooled.close(),
    remove: async () => {
      memory.clear();
      memoryBytes = 0;
      await spooled.remove();
    },
  };
}
