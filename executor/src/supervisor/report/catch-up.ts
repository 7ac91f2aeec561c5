import type { Logger } from "pino";
import type { KeptReports } from "./kept-reports.ts";
import type { PlatformRpc } from "../platform/platform-rpc.ts";
import { createResendPlan } from "./resend-plan.ts";
import { type ChunkSender, freshId, sendChunk } from "./send-chunk.ts";
import { pause } from "../../waits.ts";
import type { TakeTurns } from "./take-turns.ts";

const betweenQuestionsMs = 1_000;
/** How often a full spool is checked for room: other runs make room too. */
const checkRoomMs = 100;

/** What bringing the reports of an attempt to the platform needs. */
export interface CatchUpDeps extends ChunkSender {
  readonly rpc: Pick<PlatformRpc, "reported">;
  readonly log: Logger;
  /** Chunks of few attempts are read and sent again at once: each is in memory meanwhile. */
  readonly takeTurns: TakeTurns;
}

/** What is left after an answer of the platform. */
interface CaughtUp {
  readonly missing: readonly number[];
  /** When to ask next. */
  readonly waitMs: number;
  /** Whether the missing chunks are no longer kept: none of them can be sent again. */
  readonly isHopeless: boolean;
  /** Whether chunks were sent again, now or before. */
  readonly hasSentAgain: boolean;
}

/** Learns which chunks of an attempt the platform has stored, frees those, and sends the missing ones again. */
export interface CatchUp {
  /** Asks about all chunks up to `upTo`. Fails as the request does. */
  ask(upTo: number): Promise<CaughtUp>;
  /** Does the same with an answer that has arrived already. */
  take(missing: readonly number[], upTo: number): Promise<CaughtUp>;
  /**
   * Pending while there is no room for more reports, or until the signal aborts. Asks at most once a second, and only
   * when half of the room is used. `published` is the last chunk that the stream has.
   */
  makeRoom(published: () => number, signal: AbortSignal): Promise<void>;
}

/** Catching up with one attempt. */
export function createCatchUp(deps: CatchUpDeps, kept: KeptReports): CatchUp {
  const { rpc, log, takeTurns } = deps;
  const plan = createResendPlan();
  let hasSentAgain = false;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  /** Chunks that are missing and cannot be sent again. */
  const gone = new Set<number>();

  /** Returns how many chunks were sent. */
  const sendAgain = async (sequences: readonly number[]): Promise<number> => {
    let sent = 0;
    for (const sequence of sequences) {
      const chunk = await kept.find(sequence);
      if (chunk === undefined) gone.add(sequence);
      else if (await sendChunk(deps, kept.ref, chunk, freshId(kept.ref, chunk))) sent += 1;
      else break;
    }
    return sent;
  };
  const take: CatchUp["take"] = async (missing, upTo) => {
    await kept.confirm(missing, upTo);
    const left = missing.filter((sequence) => !gone.has(sequence));
    const { again, waitMs } = plan.next(left, performance.now());
    if (again.length > 0) {
      const sent = await takeTurns(async () => sendAgain(again));
      hasSentAgain = true;
      if (sent > 0) log.info({ ...kept.ref, missing: missing.length }, `${sent} report chunks are sent again`);
    }
    const isHopeless = missing.every((sequence) => gone.has(sequence));
    return { missing, waitMs, isHopeless: missing.length > 0 && isHopeless, hasSentAgain };
  };
  const ask: CatchUp["ask"] = async (upTo) => take(await rpc.reported({ ...kept.ref, lastSequence: upTo }), upTo);
  /** If the platform does not answer, it is asked again a second later. */
  const askQuietly = async (upTo: number): Promise<void> => {
    askedAt = performance.now();
    await ask(upTo).catch((error: unknown) =>
      log.debug(
        { err: error, ...kept.ref },
        "The platform does not say which report chunks it has stored; asking again",
      ),
    );
    asking = undefined;
  };

  return {
    ask,
    take,
    makeRoom: async (published, signal) => {
      const leftMs = (): number => askedAt + betweenQuestionsMs - performance.now();
      for (;;) {
        if (kept.isHalfFull() && leftMs() <= 0) asking ??= askQuietly(published());
        if (kept.hasRoom() || signal.aborted) return;
        await pause(checkRoomMs, signal);
      }
    },
  };
}
