import {
  basicForms,
  limits,
  type MachineTrouble,
  type NetworkForm,
  type SandboxLevel,
  toSealrunError,
} from "@sealrun/protocol";
import type { Logger } from "pino";
import type { PlatformRpc } from "../platform/platform-rpc.ts";

const retryMs = 1_000;
const closeMs = 2_000;

/** What an executor tells the platform about itself, so that it is offered no more than it can take. */
export interface Presence {
  /** Counts one run; the returned function ends it. */
  readonly begin: () => () => void;
  /** True while the clocks of platform and executor differ: the executor could not claim what it takes. */
  readonly isClockWrong: () => boolean;
  /** How fast a run's output may come, as the platform last said. */
  readonly linesPerSecond: () => number;
  /** Sends a heartbeat at once, to learn whether the clocks agree. */
  readonly checkClock: () => void;
  /** Tells the platform why this executor takes no executions; undefined when it takes them again. */
  readonly setTrouble: (trouble: MachineTrouble | undefined) => void;
  /** Tells the platform that this executor takes no more executions. */
  readonly drain: () => void;
  /** Waits a moment for a heartbeat on its way, then stops sending them. */
  readonly close: () => Promise<void>;
}

/**
 * Sends a heartbeat at once, and every `limits.presenceMs`: how many slots there are and how many are running. One that
 * fails is retried after a second. Until the first one arrives, the platform offers this executor nothing.
 */
export function announcePresence(deps: {
  readonly rpc: Pick<PlatformRpc, "presence">;
  readonly slots: number;
  readonly sandbox: SandboxLevel;
  /** How scripts' network can be limited here; by default only not at all. */
  readonly networkForms?: readonly NetworkForm[];
  /** True when no script gets this machine's network. */
  readonly requiresNetwork?: boolean;
  readonly log: Logger;
}): Presence {
  let running = 0;
  let draining = false;
  let trouble: MachineTrouble | undefined;
  let isClosed = false;
  let hasArrived = true;
  let isClockWrong = false;
  let linesPerSecond: number = limits.outputLinesPerSecond;
  let next: NodeJS.Timeout | undefined;
  let sending: Promise<void>;
  const send = async (): Promise<void> => {
    clearTimeout(next);
    try {
      const { slots, sandbox } = deps;
      const networkForms = [...(deps.networkForms ?? basicForms)];
      const own = { slots, sandbox, networkForms, requiresNetwork: deps.requiresNetwork ?? false };
      const said = await deps.rpc.presence({ ...own, running, draining, trouble: trouble ?? null });
      linesPerSecond = said.linesPerSecond ?? limits.outputLinesPerSecond;
      if (isClockWrong) deps.log.info("The clocks agree again; executions are taken");
      hasArrived = true;
      isClockWrong = false;
    } catch (error) {
      const failure = toSealrunError(error);
      const isClock = failure.code === "CLOCK_WRONG";
      if (isClock && !isClockWrong)
        deps.log.error(`${failure.message}. No executions are taken until the clocks agree`);
      if (!isClock && hasArrived && !isClosed) {
        deps.log.warn({ err: error }, "Heartbeat failed; retrying");
      }
      hasArrived = false;
      isClockWrong ||= isClock;
    }
    if (isClosed) return;
    clearTimeout(next);
    next = setTimeout(
      () => {
        sending = send();
      },
      hasArrived ? limits.presenceMs : retryMs,
    );
  };
  sending = send();
  return {
    begin: () => {
      running += 1;
      return () => {
        running -= 1;
      };
    },
    isClockWrong: () => isClockWrong,
    linesPerSecond: () => linesPerSecond,
    checkClock: () => {
      if (!isClosed && hasArrived) sending = send();
    },
    setTrouble: (found) => {
      trouble = found;
      if (!isClosed) sending = send();
    },
    drain: () => {
      draining = true;
      sending = send();
    },
    close: async () => {
      isClosed = true;
      clearTimeout(next);
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, closeMs);
      await Promise.race([sending, patience.promise]);
      clearTimeout(timer);
    },
  };
}
