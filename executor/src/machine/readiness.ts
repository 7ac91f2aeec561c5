import type { MachineTrouble } from "@sealrun/protocol";
import type { Logger } from "pino";
import { unlessAborted } from "../waits.ts";

const firstProbeMs = 2_000;
const longestProbeMs = 30_000;
/** Trouble that comes back sooner than this after the last is the same trouble: it is probed for as rarely as before. */
const calmMs = 60_000;
/** The disk is looked at no more often than this. */
const lookMs = 1_000;

/** Whether executions may be taken: not while the machine is unfit to prepare any. */
export interface Readiness {
  /** True while they may. */
  readonly isReady: () => Promise<boolean>;
  /** Waits until they may, or the signal aborts. */
  readonly wait: (signal: AbortSignal) => Promise<void>;
  /** Stops the taking until a probe finds the machine in order. */
  readonly stop: (trouble: MachineTrouble) => void;
  /** Probes no more. */
  readonly close: () => void;
}

/** What it looks with, and who hears of it. */
export interface ReadinessDeps {
  /** What is wrong with the machine when it does what failed; undefined when nothing is. */
  readonly probe: () => Promise<MachineTrouble | undefined>;
  /** A cheap look, before anything is taken. */
  readonly look: () => Promise<MachineTrouble | undefined>;
  /** Told at each change; undefined when executions are taken again. */
  readonly onChange: (trouble: MachineTrouble | undefined) => void;
  readonly log: Pick<Logger, "warn" | "info">;
}

/** Ready until `stop`, or until a look finds trouble; ready again when a probe finds none. */
export function createReadiness(deps: ReadinessDeps): Readiness {
  let trouble: MachineTrouble | undefined;
  let resumed = Promise.withResolvers<void>();
  let waitMs = firstProbeMs;
  let resumedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let looking: Promise<void> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const probe = async (): Promise<void> => {
    const found = await deps.probe();
    if (isClosed) return;
    if (found !== undefined) {
      const isNew = found.code !== trouble?.code || found.message !== trouble.message;
      trouble = found;
      if (isNew) deps.onChange(found);
      probeLater();
      return;
    }
    trouble = undefined;
    resumedAt = performance.now();
    deps.log.info("The machine is in order again; executions are taken");
    deps.onChange(undefined);
    resumed.resolve();
  };
  const probeLater = (): void => {
    timer = setTimeout(() => void probe(), waitMs);
    waitMs = Math.min(2 * waitMs, longestProbeMs);
  };
  const stop: Readiness["stop"] = (found) => {
    if (trouble !== undefined || isClosed) return;
    trouble = found;
    resumed = Promise.withResolvers();
    deps.log.warn(found, `No executions are taken until the machine is in order: ${found.message}`);
    deps.onChange(found);
    if (performance.now() - resumedAt > calmMs) waitMs = firstProbeMs;
    probeLater();
  };
  const look = async (): Promise<void> => {
    const found = await deps.look();
    lookedAt = performance.now();
    if (found !== undefined) stop(found);
  };
  const isReady = async (): Promise<boolean> => {
    if (trouble === undefined && performance.now() - lookedAt > lookMs) {
      looking ??= look().finally(() => (looking = undefined));
      await looking;
    }
    return trouble === undefined;
  };
  return {
    isReady,
    stop,
    wait: async (signal) => {
      while (!signal.aborted && !(await isReady())) await unlessAborted(resumed.promise, signal);
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
