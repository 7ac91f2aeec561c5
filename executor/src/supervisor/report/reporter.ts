import { crashPoint } from "@sealrun/faults";
import { type FinishedStep, limits, type ReportItem } from "@sealrun/protocol";
import { packItems, type ReportPiece } from "../../between/report-piece.ts";
import type { Urgency } from "../../between/worker-frames.ts";
import type { CatchUp } from "./catch-up.ts";
import type { KeptReports } from "./kept-reports.ts";
import { type Chunk, type ChunkSender, firstId, sendChunk } from "./send-chunk.ts";

/** How long items are collected for one chunk. The first line of a run goes at once. */
const collectMs = 20;
/** The start of a step is collected for longer: its first line follows soon, and no reader waits for the start itself. */
const collectStartMs = 2_000;
/** The same for its end and for reads: that of the run, and a line, often follow and then take them along. */
const collectQuietMs = 100;
const chunkBytes = 128 * 1024;
const maxPendingBytes = 4 * 1024 * 1024;
const retryMs = 500;

/** The kept reports of one attempt, and what brings them to the platform. */
export interface AttemptReports {
  readonly kept: KeptReports;
  readonly catchUp: CatchUp;
}

/** The reports of an attempt that has ended. */
export interface Reported extends AttemptReports {
  /** Sequence of the last chunk; 0 without any. */
  readonly lastSequence: number;
  /** How its steps ended, for each step that has. */
  readonly steps: readonly FinishedStep[];
  /** The last chunk, if it was held back for the end of the attempt: it is kept, and not sent. */
  readonly last?: Chunk | undefined;
  /** Settles when the stream has every other chunk, or the reporter's signal aborted. */
  readonly published: Promise<void>;
}

/** Sends what happens in one attempt as numbered chunks. Its worker has masked it. */
export interface Reporter {
  /**
   * Takes report items. The promise is pending while too much waits to be kept or sent: a script that floods is slowed
   * down.
   */
  readonly report: (piece: ReportPiece) => Promise<void>;
  /**
   * Takes no more items; settles once all are kept, even over the limits of the spool. Sending goes on. With `holdLast`,
   * the last chunk waits for the end of the attempt, to be sent with it.
   */
  finish(options?: { readonly holdLast?: boolean }): Promise<Reported>;
}

/**
 * A reporter for one attempt. A chunk is kept first, because the stream can lose it; then it is sent until JetStream
 * has stored it or the signal aborts.
 */
export function createReporter(
  deps: ChunkSender & { readonly reports: AttemptReports; readonly signal: AbortSignal },
): Reporter {
  const { reports, signal } = deps;
  const { kept, catchUp } = reports;
  const finishing = new AbortController();
  const steps: FinishedStep[] = [];
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let pendingBytes = 0;
  let sequence = 0;
  let published = 0;
  let hasWarned = false;
  let cancelFlush = (): void => undefined;
  let keeping: Promise<void> = Promise.resolve();
  let sending: Promise<void> = Promise.resolve();
  let flushAt = Number.POSITIVE_INFINITY;
  let hasLine = false;
  let isHolding = false;

  const add = ({ items, urgency }: Omit<ReportPiece, "ends">): void => {
    const bytes = items.length + 1;
    waiting.push(items);
    waitingBytes += bytes;
    pendingBytes += bytes;
    if (isHolding) return;
    if (waitingBytes >= chunkBytes) flush();
    else flushWithin(waitOf(urgency));
    hasLine ||= urgency === "line";
  };
  const waitOf = (urgency: Urgency): number => {
    switch (urgency) {
      case "line":
        return hasLine ? collectMs : 0;
      case "quiet":
        return collectQuietMs;
      case "start":
        return collectStartMs;
    }
  };
  const flushWithin = (ms: number): void => {
    const at = performance.now() + ms;
    if (at >= flushAt) return;
    cancelFlush();
    flushAt = at;
    cancelFlush = callIn(ms, flush);
  };
  /** What waits, as the next chunk. */
  const cut = (): Chunk | undefined => {
    cancelFlush();
    flushAt = Number.POSITIVE_INFINITY;
    if (waiting.length === 0) return undefined;
    sequence += 1;
    const chunk: Chunk = { sequence, items: arrayOf(waiting) };
    waiting = [];
    waitingBytes = 0;
    return chunk;
  };
  const flush = (): void => {
    const bytes = waitingBytes;
    const chunk = cut();
    if (chunk === undefined) return;
    const isKept = keeping.then(async () => keep(chunk));
    keeping = isKept;
    sending = sending.then(async () => {
      await isKept;
      await send(chunk);
      pendingBytes -= bytes;
    });
  };
  const keep = async (chunk: Chunk): Promise<void> => {
    await catchUp.makeRoom(() => published, finishing.signal);
    if (await kept.keep(chunk)) crashPoint("executor.report.spooled");
    else if (!hasWarned) {
      hasWarned = true;
      add(packItems([notSpooled()]));
    }
  };
  const send = async (chunk: Chunk): Promise<void> => {
    while (!signal.aborted) {
      if (await sendChunk(deps, kept.ref, chunk, firstId(kept.ref, chunk))) {
        published = chunk.sequence;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  };

  return {
    report: async (piece) => {
      for (const end of piece.ends) keepEnd(steps, end);
      add(piece);
      if (pendingBytes >= maxPendingBytes) await sending;
    },
    finish: async ({ holdLast = false } = {}) => {
      finishing.abort();
      if (holdLast) {
        isHolding = true;
        cancelFlush();
        await keeping;
      } else {
        // A chunk that could not be spooled adds a line about that.
        do {
          flush();
          await keeping;
        } while (waiting.length > 0);
      }
      const last = cut();
      if (last !== undefined) kept.hold(last);
      await kept.close();
      return { ...reports, lastSequence: sequence, steps, last, published: sending };
    },
  };
}

/** Calls it after this time, and without any after what has arrived by now: a timer takes 1 ms at least. Returns how to cancel. */
function callIn(ms: number, act: () => void): () => void {
  if (ms === 0) {
    const immediate = setImmediate(act);
    return () => clearImmediate(immediate);
  }
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}

/** A JSON array of all items. */
function arrayOf(pieces: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = pieces.flatMap((piece, index) => [index === 0 ? opening : comma, piece]);
  return Buffer.concat([...parts, closing]);
}

const opening = Buffer.from("[");
const comma = Buffer.from(",");
const closing = Buffer.from("]");

/** Of each step one end is kept, and of no more steps than a package has files. */
function keepEnd(steps: FinishedStep[], end: FinishedStep): void {
  if (end.step >= limits.packageFiles || steps.some(({ step }) => step === end.step)) return;
  steps.push(end);
}

/** Warns in the log of a run whose reports are in the memory of one process only. */
function notSpooled(): ReportItem {
  const text =
    "The executor could not write reports of this run to its disk. They are lost if the executor dies before the platform has stored them";
  return { type: "log", step: null, stream: "system", level: "warning", text, time: Date.now() };
}
