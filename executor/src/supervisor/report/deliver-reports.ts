import { limits, toSealrunError } from "@sealrun/protocol";
import type { Logger } from "pino";
import { isFinal } from "./is-final.ts";
import type { AttemptReports } from "./reporter.ts";
import { pause } from "../../waits.ts";

const firstWaitMs = 2_000;
const maxWaitMs = 30_000;
/** However many attempts are under way, the platform is asked at most this often for all of them together. */
const betweenQuestionsMs = 100;

/** Reports of one attempt that has ended, or was left by an earlier process. */
export interface EndedReports extends AttemptReports {
  /** Sequence of the last chunk. */
  readonly lastSequence: number;
  /** When the last report was written, by this machine's clock. */
  readonly writtenAt: number;
  /** When to ask next, if the platform has answered before. */
  readonly waitMs?: number | undefined;
}

/**
 * Retries until the platform has stored all reports of an attempt, however long it takes. Then, or when the platform
 * never will, removes what is kept of them and answers true. False when the signal aborted: the next start goes on.
 */
export async function deliverReports(
  deps: { readonly log: Logger; readonly underWay: () => number },
  reports: EndedReports,
  signal: AbortSignal,
): Promise<boolean> {
  const { log, underWay } = deps;
  const { kept, catchUp, lastSequence, writtenAt } = reports;
  const remove = async (): Promise<boolean> => {
    await kept.remove();
    return true;
  };
  const drop = async (why: string, more: object): Promise<boolean> => {
    log.warn({ ...kept.ref, ...more }, `Reports of a run are dropped: ${why}`);
    return remove();
  };
  let { waitMs } = reports;
  for (;;) {
    if (waitMs !== undefined) await pause(Math.max(waitMs, underWay() * betweenQuestionsMs), signal);
    if (signal.aborted) return false;
    try {
      const { missing, isHopeless, hasSentAgain, ...next } = await catchUp.ask(lastSequence);
      if (missing.length === 0) return await remove();
      if (isHopeless) return await drop("the spool no longer holds what is missing", { missing });
      const isOld = Date.now() - writtenAt > limits.spoolAgeMs;
      if (isOld && hasSentAgain) return await drop("they are too old for the platform to take", { missing });
      ({ waitMs } = next);
    } catch (error) {
      const failure = toSealrunError(error);
      if (isFinal(failure)) return await drop(failure.message, { code: failure.code });
      waitMs = Math.min(2 * (waitMs ?? firstWaitMs / 2), maxWaitMs);
    }
  }
}
