import { crashPoint } from "@sealrun/faults";
import { type FinishRequest, SealrunError, toSealrunError } from "@sealrun/protocol";
import type { Logger } from "pino";
import type { Held, PlatformRpc } from "./platform-rpc.ts";
import type { Reported } from "./reporter.ts";
import { type Chunk, type ChunkSender, sendChunk } from "./send-chunk.ts";
import type { Spool } from "./spool.ts";
import { pause } from "./take.ts";

const firstRetryMs = 500;
const longestRetryMs = 5_000;
/** An answer that speaks of a bug at the other end is not waited out for ever. */
const mostBrokenAnswers = 20;
/** How often, and how long apart, chunks are sent again that the platform misses. */
const missingRounds = 5;
const missingPauseMs = 2_000;

/** What telling the platform of ends takes. */
export interface EndsDeps extends ChunkSender {
  readonly rpc: Pick<PlatformRpc, "finish">;
  readonly spool: Spool;
  readonly log: Logger;
  /** Aborts when a drain has waited long enough: what is not told then stays in the spool. */
  readonly giveUp: AbortSignal;
}

/** Tells the platform how attempts ended, whatever is away meanwhile. */
export interface Ends {
  /**
   * Keeps an end on disk, then tells it until it is answered. Call the returned function once the event is out of the
   * queue: it empties the spool. `LEASE_LOST` when the end does not count any more.
   */
  deliver(end: FinishRequest, reported: Reported): Promise<() => Promise<void>>;
  /** Tells what an earlier process could not. Never fails: each end that does not count any more is logged. */
  deliverLeft(): Promise<void>;
  /** Waits for nothing: what is still being sent again is given up. */
  close(): Promise<void>;
}

/** Ends of one executor's attempts. */
export function createEnds(deps: EndsDeps): Ends {
  const closing = new AbortController();
  const signal = AbortSignal.any([closing.signal, deps.giveUp]);
  const underWay = new Set<Promise<void>>();
  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };
  return {
    deliver: async (end, reported) => {
      const isSpooled = await keep(deps, { finish: end, chunks: [...reported.unstored()] });
      crashPoint("executor.spool.written");
      await Promise.race([reported.stored, aborted(signal)]);
      const missing = await finish(deps, end, signal).catch(async (error: unknown) => {
        if (isSpooled && !toSealrunError(error).row.retry) await deps.spool.remove(end);
        throw error;
      });
      crashPoint("executor.finish.after");
      if (missing.length > 0) track(sendMissing(deps, { end, missing, find: reported.find }, signal));
      return async () => {
        if (isSpooled) await deps.spool.remove(end);
      };
    },
    deliverLeft: async () => {
      for (const held of await deps.spool.list()) await deliverOne(deps, held, signal);
    },
    close: async () => {
      closing.abort();
      await Promise.allSettled(underWay);
    },
  };
}

/** A disk that is full must not cost the run: then its end is in memory alone. */
async function keep(deps: EndsDeps, end: Parameters<Spool["write"]>[0]): Promise<boolean> {
  try {
    await deps.spool.write(end);
    return true;
  } catch (error) {
    const { executionId, attempt } = end.finish;
    deps.log.error(
      { err: error, executionId, attempt },
      "An end cannot be written to the spool; it is in memory alone",
    );
    return false;
  }
}

async function deliverOne(deps: EndsDeps, held: Held, signal: AbortSignal): Promise<void> {
  try {
    const { finish: end, chunks } = await deps.spool.read(held);
    for (const chunk of chunks) await sendUntilStored(deps, held, { chunk, signal });
    const missing = await finish(deps, end, signal);
    await deps.spool.remove(held);
    deps.log.info({ ...held, missing: missing.length }, "The end of an earlier run was told");
  } catch (error) {
    const failure = toSealrunError(error);
    // Still untold, and worth another try at the next start.
    if (failure.row.retry) return;
    deps.log.warn({ ...held, code: failure.code }, `The end of an earlier run does not count: ${failure.message}`);
    await deps.spool.remove(held).catch(() => undefined);
  }
}

async function sendUntilStored(
  deps: EndsDeps,
  held: Held,
  { chunk, signal }: { readonly chunk: Chunk; readonly signal: AbortSignal },
): Promise<void> {
  while (!(await sendChunk(deps, held, chunk))) {
    if (signal.aborted) throw new SealrunError("NATS_UNREACHABLE", "");
    await pause(firstRetryMs, signal);
  }
}

/**
 * Tells the platform until it has answered, with the chunks that it misses. A refusal is final: somebody else has the
 * execution, or it is over.
 */
async function finish(deps: EndsDeps, end: FinishRequest, signal: AbortSignal): Promise<readonly number[]> {
  let broken = 0;
  for (let waitMs = firstRetryMs; ; waitMs = Math.min(2 * waitMs, longestRetryMs)) {
    try {
      return await deps.rpc.finish(end);
    } catch (error) {
      const failure = toSealrunError(error);
      if (failure.code === "INTERNAL") broken += 1;
      const canRetry = failure.row.retry || (failure.code === "INTERNAL" && broken < mostBrokenAnswers);
      if (!canRetry || signal.aborted) throw failure;
      await pause(waitMs, signal);
    }
  }
}

/** Most chunks are only on their way: they are sent again when they have not come after a while. */
async function sendMissing(
  deps: EndsDeps,
  of: { readonly end: FinishRequest; readonly missing: readonly number[]; readonly find: Reported["find"] },
  signal: AbortSignal,
): Promise<void> {
  let { missing } = of;
  for (let round = 0; round < missingRounds && missing.length > 0 && !signal.aborted; round += 1) {
    await pause(missingPauseMs, signal);
    missing = await deps.rpc.finish(of.end).catch(() => missing);
    for (const sequence of missing) {
      const chunk = of.find(sequence);
      if (chunk !== undefined && !signal.aborted) await sendChunk(deps, of.end, chunk);
    }
  }
  const { executionId, attempt } = of.end;
  if (missing.length > 0) deps.log.warn({ executionId, attempt, missing }, "Reports of a run were lost on their way");
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
