import { readFile } from "node:fs/promises";
import { SealrunError, toSealrunError } from "@sealrun/protocol";
import type { Logger } from "pino";
import { readKibibytes } from "../../child/limits/process-statistics.ts";
import { type Assignment, type AttemptServices, startWorker, type WorkerProcess } from "./worker-process.ts";
import type { Outcome } from "../../between/outcome.ts";
import { holdPackage } from "./hold-package.ts";
import type { HeldPackage, Say } from "../../between/preparation.ts";
import type { Homes } from "./open-homes.ts";
import type { WorkerHome } from "./worker-home.ts";

/** A worker that has run so many attempts is replaced. */
const maxAttempts = 500;
/** So is one whose process holds more memory than this after an attempt. */
const maxResidentBytes = 256 * 1024 * 1024;
/** Of workers that wait, all but one are ended after this time without an attempt: each holds some 50 MB. */
const idleMs = 60_000;

/** What the supervisor does for an attempt while it runs. */
interface PoolServices extends Omit<AttemptServices, "prepare"> {
  readonly prepare: (say: Say) => Promise<HeldPackage>;
}

/** The workers of an executor: one process for each attempt that runs, and one that waits for the next. */
export interface WorkerPool {
  /**
   * Runs an attempt in a worker of its own. Rejects with `WORKER_LOST` when that worker is lost, and with
   * `MACHINE_FAILED` or `SANDBOX_UNAVAILABLE` when none can be started: then nothing of the attempt has run.
   */
  run(assignment: Assignment, services: PoolServices): Promise<Outcome>;
  /** How many workers were replaced because they were lost. */
  readonly lost: () => number;
  /** The runners that workers keep ready, and the bytes of memory that these have together. */
  readonly ahead: () => { readonly count: number; readonly bytes: number };
  /** Ends all workers. */
  close(): Promise<void>;
}

interface Slot {
  readonly worker: Promise<WorkerProcess>;
  /** The same, once it is there. */
  started: WorkerProcess | undefined;
  attempts: number;
  /** When it ended its last attempt, on the monotonic clock. */
  freeSince: number;
  /**
   * Lets the caches remove what its last attempt used. It is kept until the next one ends, because the worker may have
   * something ready that uses it.
   */
  release: () => Promise<void>;
  isAlive: boolean;
}

/** Workers are started when they are needed, at most one for each of the executor's slots, and one ahead. */
export function createWorkerPool(options: {
  readonly homes: Homes;
  /** The first file of a worker's process. */
  readonly program: string;
  readonly slots: number;
  readonly log: Logger;
}): WorkerPool {
  const { homes, program, slots, log } = options;
  const all = new Set<Slot>();
  const leaving = new Set<Promise<void>>();
  let free: Slot[] = [];
  let isClosed = false;
  let lost = 0;

  /** A home is left when all of its processes are gone, however they ended: before that, no other worker has its user. */
  const settle = async (slot: Slot, home: WorkerHome, worker: WorkerProcess | undefined): Promise<void> => {
    await worker?.gone;
    slot.isAlive = false;
    await slot.release();
    try {
      await home.leave();
    } catch (error) {
      log.warn(
        { err: error, folder: home.settings.workDir },
        "The folder of a worker cannot be removed; if the next start of the executor does not remove it, do so by hand",
      );
    }
  };
  const start = (): Slot => {
    const open = async (): Promise<WorkerProcess> => {
      const home = await homes.open();
      let worker: WorkerProcess | undefined;
      try {
        worker = startWorker(home, { log, program });
        slot.started = worker;
        return worker;
      } finally {
        const left = settle(slot, home, worker);
        leaving.add(left);
        void left.finally(() => leaving.delete(left));
      }
    };
    const slot: Slot = {
      worker: open(),
      started: undefined,
      attempts: 0,
      freeSince: performance.now(),
      release: async () => undefined,
      isAlive: true,
    };
    slot.worker.catch(() => (slot.isAlive = false));
    all.add(slot);
    return slot;
  };
  /** The next attempt need not wait for a process to start. */
  const startAhead = (): void => {
    free = free.filter((slot) => slot.isAlive || !all.delete(slot));
    if (!isClosed && free.length === 0 && all.size < slots) free.push(start());
  };
  const retire = async (slot: Slot): Promise<void> => {
    all.delete(slot);
    const worker = await slot.worker.catch(() => undefined);
    await worker?.close();
    await slot.release();
  };
  const giveBack = async (slot: Slot, worker: WorkerProcess): Promise<void> => {
    const isSpent = slot.attempts >= maxAttempts || (await residentBytes(worker.programPid())) > maxResidentBytes;
    if (isClosed || isSpent || !worker.isAlive()) await retire(slot);
    else free.push(slot);
    slot.freeSince = performance.now();
    startAhead();
  };
  /** What this machine did to the folders of one worker, it may have done to those of the others. */
  const replaceAll = async (slot: Slot): Promise<void> => {
    const waiting = free;
    free = [];
    await Promise.all([slot, ...waiting].map(retire));
    startAhead();
  };
  const shrink = (): void => {
    const [oldest, ...others] = free;
    if (oldest === undefined || others.length === 0 || performance.now() - oldest.freeSince < idleMs) return;
    free = others;
    void retire(oldest);
  };
  const shrinking = setInterval(shrink, idleMs / 10);
  startAhead();

  return {
    run: async (assignment, services) => {
      // The one that ran last is warm: its program and caches are in the processor's.
      let slot = free.pop();
      while (slot?.isAlive === false) {
        all.delete(slot);
        slot = free.pop();
      }
      slot ??= start();
      slot.attempts += 1;
      const holding = holdPackage(services.prepare);
      try {
        const worker = await slot.worker;
        await worker.ready;
        if (!worker.isAlive()) throw endedAtStart(worker);
        startAhead();
        const outcome = await worker.run(assignment, { ...services, prepare: holding.prepare });
        if (outcome.kind === "unfit" && outcome.reason.stopsTaking) await replaceAll(slot);
        else await giveBack(slot, worker);
        return outcome;
      } catch (error) {
        await retire(slot);
        if (toSealrunError(error).code === "WORKER_LOST") lost += 1;
        throw error;
      } finally {
        const { release } = slot;
        slot.release = holding.release;
        await (all.has(slot) ? release() : Promise.all([release(), holding.release()]));
      }
    },
    lost: () => lost,
    ahead: () => {
      const sizes = [...all].map(({ started }) => started?.aheadBytes() ?? 0).filter((bytes) => bytes > 0);
      return { count: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
    },
    close: async () => {
      isClosed = true;
      clearInterval(shrinking);
      await Promise.all([...all].map(retire));
      await Promise.all(leaving);
    },
  };
}

function endedAtStart({ isSeparate }: WorkerProcess): SealrunError {
  if (!isSeparate) return new SealrunError("MACHINE_FAILED", "The process of a worker ended while it started");
  return new SealrunError(
    "SANDBOX_UNAVAILABLE",
    "The process of a worker ended while bubblewrap started it; run sealrun doctor with this executor's settings",
  );
}

/** Resident bytes of a process, from /proc; 0 when it is gone. */
async function residentBytes(pid: number): Promise<number> {
  return readKibibytes(await readFile(`/proc/${pid}/status`, "latin1").catch(() => ""), "VmRSS");
}
