import { limits, type MachineTrouble, toSealrunError } from "@sealrun/protocol";
import type { Logger } from "pino";
import type { PlatformRpc } from "../../between/platform-rpc.ts";

const retryMs = 1_000;
const closeMs = 2_000;

/** What an executor tells the platform about itself, so that it is offered no more than it can take. */
export interface Presence {
  /** Counts one run; the returned function ends it. */
  readonly begin: () => () => void;
  /** True while the platform has another time: what this executor takes it could not claim. */
  readonly isClockWrong: () => boolean;
  /** Tells the platform at once, to hear whether the clocks agree. */
  readonly checkClock: () => void;
  /** Tells the platform that nothing is taken because of this trouble; undefined when executions are taken again. */
  readonly setTrouble: (trouble: MachineTrouble | undefined) => void;
  /** Tells the platform that nothing more is taken. */
  readonly drain: () => void;
  /** Waits a moment for what is being told, then tells nothing any more. */
  readonly close: () => Promise<void>;
}

/**
 * Tells the platform at once, and every `limits.presenceMs`, how many slots there are and how many runs; what did not
 * arrive is told again after a second. Until the platform has heard it, it offers this executor nothing.
 */
export function announcePresence(deps: {
  readonly rpc: Pick<PlatformRpc, "presence">;
  readonly slots: number;
  readonly log: Logger;
}): Presence {
  let running = 0;
  let draining = false;
  let trouble: MachineTrouble | undefined;
  let isClosed = false;
  let isHeard = true;
  let isClockWrong = false;
  let next: NodeJS.Timeout | undefined;
  let telling: Promise<void>;
  const tell = async (): Promise<void> => {
    clearTimeout(next);
    try {
      await deps.rpc.presence({ slots: deps.slots, running, draining, trouble: trouble ?? null });
      if (isClockWrong) deps.log.info("The clocks agree again, and executions are taken");
      isHeard = true;
      isClockWrong = false;
    } catch (error) {
      const failure = toSealrunError(error);
      const isClock = failure.code === "CLOCK_WRONG";
      if (isClock && !isClockWrong) deps.log.error(`${failure.message}. Nothing is taken until they agree`);
      if (!isClock && isHeard && !isClosed) {
        deps.log.warn({ err: error }, "The platform does not hear this executor; trying again");
      }
      isHeard = false;
      isClockWrong ||= isClock;
    }
    if (isClosed) return;
    clearTimeout(next);
    next = setTimeout(
      () => {
        telling = tell();
      },
      isHeard ? limits.presenceMs : retryMs,
    );
  };
  telling = tell();
  return {
    begin: () => {
      running += 1;
      return () => {
        running -= 1;
      };
    },
    isClockWrong: () => isClockWrong,
    checkClock: () => {
      if (!isClosed && isHeard) telling = tell();
    },
    setTrouble: (found) => {
      trouble = found;
      if (!isClosed) telling = tell();
    },
    drain: () => {
      draining = true;
      telling = tell();
    },
    close: async () => {
      isClosed = true;
      clearTimeout(next);
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, closeMs);
      await Promise.race([telling, patience.promise]);
      clearTimeout(timer);
    },
  };
}
