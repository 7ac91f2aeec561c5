import { type FileList, SealrunError } from "@sealrun/protocol";
import type { Say } from "../../between/preparation.ts";

/** One version to prepare. */
export interface SharedOrder {
  readonly versionDigest: string;
  readonly files: FileList;
  readonly scripts: readonly string[];
}

/** A job that one or more attempts wait for. Each leaves it once it has taken what it needs, or no longer needs it. */
interface JoinedJob extends AsyncDisposable {
  /** Settles as the job does; rejects with `CANCELLED` or the signal's error before that. */
  readonly wait: (signal: AbortSignal) => Promise<void>;
}

/** Runs one job at a time for each version; those of different versions run side by side. */
export interface SharedJobs {
  /** Waits for the job of this version too, or begins it. Lines that it said before come first. */
  join(order: SharedOrder, say: Say): JoinedJob;
  /** Ends all jobs. */
  close(): Promise<void>;
}

interface Job {
  readonly done: Promise<void>;
  readonly listeners: Set<Say>;
  readonly said: Parameters<Say>[];
  readonly ending: AbortController;
}

/**
 * `run` does a job; what it returns is called when all that waited for it have left. A job is ended when the last one has left.
 */
export function createSharedJobs(
  run: (order: SharedOrder, given: { readonly say: Say; readonly signal: AbortSignal }) => Promise<() => Promise<void>>,
): SharedJobs {
  const jobs = new Map<string, Job>();
  const all = new Set<Job>();

  const begin = (order: SharedOrder): Job => {
    const said: Parameters<Say>[] = [];
    const listeners = new Set<Say>();
    const ending = new AbortController();
    const say: Say = (...line) => {
      said.push(line);
      for (const listener of listeners) listener(...line);
    };
    const running = run(order, { say, signal: ending.signal }).then(async (release) => {
      if (ending.signal.aborted) await release();
      else ending.signal.addEventListener("abort", () => void release(), { once: true });
    });
    const job: Job = { done: running, listeners, said, ending };
    jobs.set(order.versionDigest, job);
    all.add(job);
    const end = (): void => {
      all.delete(job);
      if (jobs.get(order.versionDigest) === job) jobs.delete(order.versionDigest);
    };
    running.then(end, end);
    return job;
  };

  return {
    join: (order, say) => {
      const job = jobs.get(order.versionDigest) ?? begin(order);
      for (const line of job.said) say(...line);
      const listener: Say = (...line) => say(...line);
      job.listeners.add(listener);
      return {
        wait: async (signal) => waitFor(job.done, signal),
        [Symbol.asyncDispose]: async () => {
          job.listeners.delete(listener);
          if (job.listeners.size > 0) return;
          // An attempt that comes now begins another job: this one is being ended, or its results may go.
          if (jobs.get(order.versionDigest) === job) jobs.delete(order.versionDigest);
          job.ending.abort();
        },
      };
    },
    close: async () => {
      const left = [...all];
      for (const { ending } of left) ending.abort();
      await Promise.allSettled(left.map(async ({ done }) => done));
    },
  };
}

async function waitFor(done: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    const { reason }: { readonly reason: unknown } = signal;
    const ended = new SealrunError("CANCELLED", "The attempt was ended while its package was prepared");
    aborted.reject(reason instanceof SealrunError ? reason : ended);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([done, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
