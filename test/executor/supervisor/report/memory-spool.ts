import { newId } from "@sealrun/crypto";
import { type AttemptRef, encodeJson, executionId } from "@sealrun/protocol";
import { type DestinationStream, type Logger, pino } from "pino";
import type { Chunk } from "../../../../executor/src/supervisor/report/send-chunk.ts";
import type { SpooledReports } from "../../../../executor/src/supervisor/report/spool.ts";

/** The spooled reports of one attempt in memory; a test makes its disk fail, and says how full it is. */
export interface MemorySpool {
  readonly spooled: SpooledReports;
  readonly stored: Map<number, Chunk>;
  /** What the disk does wrong from now on, and its sizes in bytes. */
  readonly disk: { appendError?: unknown; readError?: unknown; bytes: number; allBytes: number };
  /** What was closed or removed, in order. */
  readonly done: string[];
}

/** An empty one. */
export function memorySpool(): MemorySpool {
  const stored = new Map<number, Chunk>();
  const disk: MemorySpool["disk"] = { bytes: 0, allBytes: 0 };
  const done: string[] = [];
  const spooled: SpooledReports = {
    append: async (chunk) => {
      if (disk.appendError !== undefined) throw disk.appendError;
      stored.set(chunk.sequence, chunk);
    },
    read: async (sequence) => {
      if (disk.readError !== undefined) throw disk.readError;
      return stored.get(sequence);
    },
    sequences: () => [...stored.keys()],
    drop: async (sequences) => {
      for (const sequence of sequences) stored.delete(sequence);
    },
    close: async () => void done.push("close"),
    remove: async () => {
      stored.clear();
      done.push("remove");
    },
    bytes: () => disk.bytes,
  };
  return { spooled, stored, disk, done };
}

/** A chunk with one line. */
export function chunkOf(sequence: number, text = `line ${sequence}`): Chunk {
  return { sequence, items: encodeJson([{ type: "log", step: 0, stream: "stdout", text, time: 1 }]) };
}

/** An attempt of no platform. */
export function anyAttempt(): AttemptRef {
  return { executionId: executionId.parse(newId("execution")), attempt: 1 };
}

/** A log whose lines are kept. */
export function keptLog(): { readonly log: Logger; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const destination: DestinationStream = { write: (line) => void lines.push(line) };
  return { log: pino({ level: "info" }, destination), lines };
}
