import type { MachineTrouble } from "@sealrun/protocol";
import type { Logger } from "pino";
import { unlessAborted } from "../waits.ts";

const firstProbeMs = 2_000;
const maxProbeMs = 30_000;
/** Trouble that returns sooner than this is the same trouble: the pauses between probes stay as long as they were. */
const calmMs = 60_000;
/** The disk is checked at most this often. */
const checkMs = 1_000;

/** Whether executions may be taken: not while the machine cannot prepare a run. */
export interface Readiness {
  /** True while executions may be taken. */
  readonly isReady: () => Promise<boolean>;
  /** Waits until executions may be taken, or the signal aborts. */
  readonly wait: (signal: AbortSignal) => Promise<void>;
  /** No executions are taken from now on, until a probe finds the machine in order. */
  readonly stop: (trouble: MachineTrouble) => void;
  /** Stops probing. */
  readonly close: () => void;
}

/** How the machine is checked, and where the result goes. */
export interface ReadinessDeps {
  /** Does what preparing a run does; returns what is wrong with the machine, or undefined. */
  readonly probe: () => Promise<MachineTrouble | undefined>;
  /** A cheap check before each execution is taken. */
  readonly check: () => Promise<MachineTrouble | undefined>;
  /** Called at each change; undefined when executions are taken again. */
  readonly onChange: (trouble: MachineTrouble | undefined) => void;
  readonly log: Pick<Logger, "warn" | "info">;
}

/** Ready until `stop`, or until a check finds trouble; ready again when a probe finds none. */
export function createReadiness(deps: ReadinessDeps): Readiness {
  let trouble: MachineTrouble | undefined;
  let resumed = Promise.withResolvers<void>();
  let waitMs = firstProbeMs;
  let resumedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let checking: Promise<void> | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;

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
    waitMs = Math.min(2 * waitMs, maxProbeMs);
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
  const check = async (): Promise<void> => {
    const found = await deps.check();
    checkedAt = performance.now();
    if (found !== undefined) stop(found);
  };
  const isReady = async (): Promise<boolean> => {
    if (trouble === undefined && performance.now() - checkedAt > checkMs) {
      checking ??= check().finally(() => (checking = undefined));
      await checking;
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
