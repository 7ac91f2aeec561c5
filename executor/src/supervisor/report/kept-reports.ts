import { limits, SealrunError, type AttemptRef, errorCodeOf } from "@sealrun/protocol";
import type { Logger } from "pino";
import type { Chunk } from "./send-chunk.ts";
import type { Spool, SpooledReports } from "./spool.ts";

/** How much of one run is kept in memory while nothing can be written to the disk. */
const maxInMemoryBytes = 4 * 1024 * 1024;
/** A run with less than this in the spool need not free anything when other runs fill it. */
const minToFreeBytes = 1024 * 1024;

/**
 * The chunks of an attempt that the platform has not confirmed: in the spool, or in memory when they cannot be written.
 */
export interface KeptReports {
  readonly ref: AttemptRef;
  /** Keeps a chunk; false when it is in memory only, because it cannot be written. Each run logs that once. */
  keep(chunk: Chunk): Promise<boolean>;
  /** Keeps the last chunk in memory, for the file of the attempt's end. */
  hold(chunk: Chunk): void;
  /** A kept chunk; undefined when it is not kept, or cannot be opened. */
  find(sequence: number): Promise<Chunk | undefined>;
  /** Frees all chunks up to `upTo` except the missing ones, as an answer of the platform lists them. */
  confirm(missing: readonly number[], upTo: number): Promise<void>;
  /** The chunks that are in memory only. */
  inMemory(): readonly Chunk[];
  /** The highest sequence of a kept chunk; 0 without any. */
  lastSequence(): number;
  /** Whether more may be kept before something is confirmed. */
  hasRoom(): boolean;
  /** Whether it is time to ask which chunks can be freed. */
  isHalfFull(): boolean;
  /** Closes the file; no more chunks are kept. */
  close(): Promise<void>;
  /** Removes all chunks. */
  remove(): Promise<void>;
}

/** Limits of the spool, which tests make smaller. */
export interface SpoolLimits {
  readonly runBytes: number;
  readonly allBytes: number;
}

const shippedLimits: SpoolLimits = { runBytes: limits.spoolRunBytes, allBytes: limits.spoolBytes };

/** The kept reports of an attempt; `chunks` are in memory from the start. */
export function createKeptReports(
  deps: {
    readonly spool: Pick<Spool, "reportBytes">;
    readonly log: Logger;
    readonly spoolLimits?: SpoolLimits | undefined;
  },
  ref: AttemptRef,
  spooled: SpooledReports,
  chunks: readonly Chunk[] = [],
): KeptReports {
  const { spool, log, spoolLimits = shippedLimits } = deps;
  const memory = new Map<number, { readonly chunk: Chunk; readonly bytes: number }>();
  let memoryBytes = 0;
  let hasFailed = false;
  const remember = (chunk: Chunk): void => {
    const bytes = chunk.items.length;
    memory.set(chunk.sequence, { chunk, bytes });
    memoryBytes += bytes;
  };
  const free = (sequence: number): void => {
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
          log.error(
            { err: error, ...ref },
            "Reports of a run cannot be written to the spool. They are in memory only, and lost if this process dies",
          );
        hasFailed = true;
        return false;
      }
    },
    hold: remember,
    find: async (sequence) => {
      try {
        return memory.get(sequence)?.chunk ?? (await spooled.read(sequence));
      } catch (error) {
        const isGone = errorCodeOf(error) === "ENOENT";
        if (!isGone && !(error instanceof SealrunError)) throw error;
        log.error(
          { err: error, ...ref, sequence },
          "A report chunk in the spool cannot be read; it is lost unless the platform has it",
        );
        return undefined;
      }
    },
    confirm: async (missing, upTo) => {
      const wanted = new Set(missing);
      const listed = missing.length >= limits.missingChunks ? Math.max(...missing) : upTo;
      const isStored = (sequence: number): boolean => sequence <= listed && !wanted.has(sequence);
      for (const sequence of [...memory.keys()].filter(isStored)) free(sequence);
      await spooled.drop(spooled.sequences().filter(isStored));
    },
    inMemory: () => [...memory.values()].map(({ chunk }) => chunk),
    lastSequence: () =>
      [...memory.keys(), ...spooled.sequences()].reduce((last, sequence) => Math.max(last, sequence), 0),
    hasRoom: () =>
      spooled.bytes() < spoolLimits.runBytes &&
      spool.reportBytes() < spoolLimits.allBytes &&
      memoryBytes < maxInMemoryBytes,
    isHalfFull: () =>
      spooled.bytes() > spoolLimits.runBytes / 2 ||
      memoryBytes > maxInMemoryBytes / 2 ||
      (spool.reportBytes() > spoolLimits.allBytes / 2 && spooled.bytes() > minToFreeBytes),
    close: async () => spooled.close(),
    remove: async () => {
      memory.clear();
      memoryBytes = 0;
      await spooled.remove();
    },
  };
}
