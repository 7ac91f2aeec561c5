import type { ReportItem } from "@sealrun/protocol";
import type { Held } from "./platform-rpc.ts";
import { type Chunk, type ChunkSender, sendChunk } from "./send-chunk.ts";

/** Least time between two chunks: a flood goes in few of them, and a line after a pause at once. */
const betweenFlushesMs = 40;
const chunkBytes = 128 * 1024;
const mostPendingBytes = 4 * 1024 * 1024;
/** How much of what the stream has stored is kept, in case that it loses it before the platform has it. */
const mostKeptBytes = 4 * 1024 * 1024;
const retryMs = 500;

/** What an attempt reported, when it has ended. */
export interface Reported {
  /** Sequence of the last chunk; 0 without any. */
  readonly lastSequence: number;
  /** Chunks that no stream has yet. */
  readonly unstored: () => readonly Chunk[];
  /** Settles when every chunk is stored, or the reporter's signal aborted. */
  readonly stored: Promise<void>;
  /** A chunk, if it is still known: the newest few MiB are. */
  readonly find: (sequence: number) => Chunk | undefined;
}

/** Sends what happens in one attempt as numbered chunks. Items must be masked before they come here. */
export interface Reporter {
  /** Takes an item; the promise is pending while too much waits to be sent, so that a flood slows its script. */
  readonly report: (item: ReportItem) => Promise<void>;
  /** Takes nothing more, and sends on what waits. */
  finish(): Reported;
}

/** A reporter for one attempt. A chunk is sent until JetStream has stored it, or the signal aborts. */
export function createReporter(deps: ChunkSender & { readonly held: Held; readonly signal: AbortSignal }): Reporter {
  const kept = createKeptChunks();
  const unstored: Chunk[] = [];
  let waiting: ReportItem[] = [];
  let waitingBytes = 0;
  let unstoredBytes = 0;
  let sequence = 0;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();
  let flushedAt = Number.NEGATIVE_INFINITY;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    flushedAt = performance.now();
    if (waiting.length > 0) {
      const bytes = waitingBytes;
      sequence += 1;
      const chunk: Chunk = { sequence, items: waiting };
      unstored.push(chunk);
      waiting = [];
      waitingBytes = 0;
      sending = sending.then(async () => {
        if (!(await sendUntilStored(chunk))) return;
        unstoredBytes -= bytes;
        unstored.shift();
        kept.add(chunk, bytes);
      });
    }
    return sending;
  };

  const sendUntilStored = async (chunk: Chunk): Promise<boolean> => {
    while (!deps.signal.aborted) {
      if (await sendChunk(deps, deps.held, chunk)) return true;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
    return false;
  };

  return {
    report: async (item) => {
      const bytes = JSON.stringify(item).length;
      waiting.push(item);
      waitingBytes += bytes;
      unstoredBytes += bytes;
      if (waitingBytes >= chunkBytes) void flush();
      else timer ??= setTimeout(() => void flush(), Math.max(1, flushedAt + betweenFlushesMs - performance.now()));
      if (unstoredBytes >= mostPendingBytes) await sending;
    },
    finish: () => {
      const stored = flush();
      return {
        lastSequence: sequence,
        unstored: () => [...unstored],
        stored,
        find: (wanted) => kept.find(wanted) ?? unstored.find((chunk) => chunk.sequence === wanted),
      };
    },
  };
}

/** The newest chunks, up to so many bytes. */
function createKeptChunks() {
  const kept = new Map<number, { readonly chunk: Chunk; readonly bytes: number }>();
  let total = 0;
  return {
    add: (chunk: Chunk, bytes: number): void => {
      kept.set(chunk.sequence, { chunk, bytes });
      total += bytes;
      for (const [sequence, oldest] of kept) {
        if (total <= mostKeptBytes) break;
        kept.delete(sequence);
        total -= oldest.bytes;
      }
    },
    find: (sequence: number): Chunk | undefined => kept.get(sequence)?.chunk,
  };
}
