import { crashPoint } from "@sealrun/faults";
import { encodeJson, limits, type SentEnd, toSealrunError, type AttemptRef } from "@sealrun/protocol";
import type { Logger } from "pino";
import { deliverReports, type EndedReports } from "./deliver-reports.ts";
import { createCatchUp } from "./catch-up.ts";
import { isFinal } from "./is-final.ts";
import { createKeptReports, type SpoolLimits } from "./kept-reports.ts";
import type { PlatformRpc } from "../platform/platform-rpc.ts";
import type { AttemptReports, Reported } from "./reporter.ts";
import { type Chunk, type ChunkSender, firstId, itemsText, sendChunk } from "./send-chunk.ts";
import type { LeftAttempt, Spool, SpooledEnd } from "./spool.ts";
import { createTurns } from "./take-turns.ts";
import { pause } from "../../waits.ts";
import { sendEnd } from "./send-end.ts";

/** How many attempts at once send chunks again, and how many ends of earlier runs at once are reported. */
const atOnce = 4;

/** How long an end waits until the stream has the chunks before it: with them, the platform misses nothing. */
const streamWaitMs = 5_000;

/** What bringing ends and reports to the platform needs. */
export interface EndsDeps extends ChunkSender {
  readonly rpc: Pick<PlatformRpc, "finish" | "reported">;
  readonly spool: Spool;
  readonly log: Logger;
  /** Aborts when a drain has waited long enough: what the platform does not have then stays in the spool. */
  readonly giveUp: AbortSignal;
  /** Other limits of the spool than the shipped ones, for tests. */
  readonly spoolLimits?: SpoolLimits;
}

/** Tells the platform how attempts ended and what they reported, even when a part is away for a while. */
export interface Ends {
  /** Where the reports of a new attempt are kept. */
  open(ref: AttemptRef): Promise<AttemptReports>;
  /**
   * Keeps an end on disk, then sends it until it is answered. Call the returned function once the event is out of the
   * queue: it empties the spool, unless reports are still missing. Those are sent again in the background, and the
   * spool is emptied when the platform has them all. `LEASE_LOST` when the end no longer counts; its reports are still
   * brought to the platform.
   */
  deliver(end: SentEnd, reported: Reported): Promise<() => Promise<void>>;
  /** Brings to the platform the reports of an attempt without an end: one that was lost or given back. */
  deliverReports(reported: Reported): void;
  /**
   * Sends the ends that an earlier process left, and goes on with its reports in the background. Never fails: what the
   * platform refuses finally is removed and logged.
   */
  deliverLeft(): Promise<void>;
  /** Gives up what is still under way: it stays in the spool. */
  close(): Promise<void>;
}

/** Ends and reports of one executor's attempts. */
export function createEnds(deps: EndsDeps): Ends {
  const { spool, log } = deps;
  const closing = new AbortController();
  const signal = AbortSignal.any([closing.signal, deps.giveUp]);
  const underWay = new Set<Promise<void>>();
  const takeTurns = createTurns(atOnce);
  const sendTurns = createTurns(atOnce);

  const openReports = async (ref: AttemptRef, left?: readonly number[], chunks?: readonly Chunk[]) => {
    const kept = createKeptReports(deps, ref, await spool.openReports(ref, left), chunks);
    return { kept, catchUp: createCatchUp({ ...deps, takeTurns }, kept) };
  };
  /** Works until the platform has all reports; the end of the attempt, if it has one, is removed last. */
  const deliverInBackground = async (reports: EndedReports): Promise<void> => {
    const work = async (): Promise<void> => {
      try {
        const isDone = await deliverReports({ log, underWay: () => underWay.size }, reports, signal);
        if (isDone) await spool.remove(reports.kept.ref);
      } catch (error) {
        log.warn(
          { err: error, ...reports.kept.ref },
          "Reports or the end of a run cannot be removed from the spool; the next start of the executor tries again",
        );
      }
    };
    const tracked = work().finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    return tracked;
  };
  const deliverOne = async (left: LeftAttempt): Promise<void> => {
    const ref: AttemptRef = { executionId: left.executionId, attempt: left.attempt };
    try {
      const end = left.hasEnd ? await readEnd(deps, ref) : undefined;
      const reports = await openReports(ref, left.segments, end?.chunks);
      const lastSequence = Math.max(end?.finish.lastSequence ?? 0, reports.kept.lastSequence());
      if (end !== undefined && (await sendLeftEnd(deps, end, signal)) === "given up") return;
      void deliverInBackground({ ...reports, lastSequence, writtenAt: left.writtenAt });
    } catch (error) {
      log.error(
        { err: error, ...ref },
        "The reports of an earlier run in the spool cannot be read; the next start of the executor tries again",
      );
    }
  };

  return {
    open: async (ref) => openReports(ref),
    deliver: async (end, reported) => {
      const { kept, catchUp, lastSequence } = reported;
      const isSpooled = await keep(deps, { finish: end, chunks: kept.inMemory() });
      crashPoint("executor.spool.written");
      const ended = { kept, catchUp, lastSequence, writtenAt: Date.now() };
      const whole = await addLast(deps, end, reported.last);
      // Chunks that are not in the stream by then are listed as missing in the answer.
      await within(streamWaitMs, reported.published, signal);
      const missing = await sendEnd(deps, whole, signal).catch(async (error: unknown) => {
        if (isFinal(toSealrunError(error))) await spool.remove(end);
        if (!signal.aborted) void deliverInBackground(ended);
        throw error;
      });
      crashPoint("executor.finish.after");
      if (missing.length > 0) {
        const { waitMs } = await catchUp.take(missing, lastSequence);
        const delivered = deliverInBackground({ ...ended, waitMs });
        // While chunks are in memory only, the run keeps its slot: on a full disk, memory would otherwise fill run by
        // run.
        if (kept.inMemory().length > 0) await delivered;
      }
      return async () => {
        if (missing.length > 0) return;
        await kept.remove();
        if (isSpooled) await spool.remove(end);
      };
    },
    deliverReports: ({ kept, catchUp, lastSequence }) => {
      if (lastSequence > 0) void deliverInBackground({ kept, catchUp, lastSequence, writtenAt: Date.now() });
    },
    deliverLeft: async () => {
      const left = (await spool.list()).toSorted((a, b) => Number(b.hasEnd) - Number(a.hasEnd));
      await Promise.all(left.map(async (one) => sendTurns(async () => deliverOne(one))));
    },
    close: async () => {
      closing.abort();
      await Promise.allSettled(underWay);
    },
  };
}

/** Waits for work that goes on, for a while at most. */
async function within(ms: number, work: Promise<void>, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  await Promise.race([work, pause(ms, AbortSignal.any([signal, done.signal]))]);
  done.abort();
}

/** The end with the last chunk, if both fit into one message; otherwise the chunk is sent before it, by itself. */
async function addLast(deps: EndsDeps, end: SentEnd, last: Chunk | undefined): Promise<SentEnd> {
  if (last === undefined) return end;
  const whole: SentEnd = { ...end, report: { sequence: last.sequence, items: itemsText(last) } };
  if (encodeJson(whole).length <= limits.finishBytes) return whole;
  // If the stream does not take it, the answer to the end lists it as missing.
  await sendChunk(deps, end, last, firstId(end, last));
  return end;
}

/** A full disk must not cost the run: its end is then kept in memory only. */
async function keep(deps: EndsDeps, end: SpooledEnd): Promise<boolean> {
  try {
    await deps.spool.write(end);
    return true;
  } catch (error) {
    const { executionId, attempt } = end.finish;
    deps.log.error(
      { err: error, executionId, attempt },
      "The end of a run cannot be written to the spool. It is in memory only, and lost if this process dies",
    );
    return false;
  }
}

/** An end of another executor, or one that was changed, is removed: it cannot be sent. */
async function readEnd({ spool, log }: EndsDeps, ref: AttemptRef): Promise<SpooledEnd | undefined> {
  try {
    return await spool.read(ref);
  } catch (error) {
    const failure = toSealrunError(error);
    if (!isFinal(failure)) throw error;
    log.warn(
      { ...ref, code: failure.code },
      `The end of an earlier run cannot be read and is removed: ${failure.message}`,
    );
    await spool.remove(ref);
    return undefined;
  }
}

/** Sends the end of an earlier process's run. "given up": not sent, and worth another try at the next start. */
async function sendLeftEnd(
  deps: EndsDeps,
  { finish: end, chunks }: SpooledEnd,
  signal: AbortSignal,
): Promise<"over" | "given up"> {
  const { executionId, attempt } = end;
  try {
    const last = chunks.find(({ sequence }) => sequence === end.lastSequence);
    const missing = await sendEnd(deps, await addLast(deps, end, last), signal);
    deps.log.info({ executionId, attempt, missing: missing.length }, "The platform has the end of an earlier run");
  } catch (error) {
    const failure = toSealrunError(error);
    if (!isFinal(failure)) return "given up";
    deps.log.warn(
      { executionId, attempt, code: failure.code },
      `The end of an earlier run does not count: ${failure.message}`,
    );
    await deps.spool.remove(end);
  }
  return "over";
}
