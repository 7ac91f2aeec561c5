import { readFileSync } from "node:fs";
import type { StepLimits } from "@sealrun/protocol";
import type { StepCgroup } from "./cgroup.ts";
import type { Exceeded } from "./exceeded.ts";
import { measureDeletedFiles } from "./deleted-files.ts";
import { isShortOfMemory, type MachineMemory, measureHiddenMemory, readMachineMemory } from "./hidden-memory.ts";
import { type ProcessStatistics, readKibibytes, readPageBytes, tickMs } from "./process-statistics.ts";
import { createProcessorTime } from "./processor-time.ts";
import { measureProportionalMemory } from "./proportional-memory.ts";
import type { StepProcesses } from "./step-processes.ts";
import { watchWorkFolder } from "./work-folder.ts";

/** What a step used. */
export interface StepUse {
  /** The most memory that its processes had together when it was looked at. */
  readonly peakMemoryBytes: number;
  readonly cpuMs: number;
}

/** What a watcher looks at, and when. */
export interface WatchOptions {
  readonly processes: StepProcesses;
  readonly workFolder: string;
  readonly limits: StepLimits;
  /** Where its processes are, if the executor has a cgroup. */
  readonly cgroup: StepCgroup | undefined;
  /** Time on processors, in ms, that they had before the step began; it is not the step's. */
  readonly cpuMsBefore?: number | undefined;
  /** How the machine's memory is read; a test has a machine of its own. */
  readonly machineMemory?: () => MachineMemory;
  /** Called once, at the first limit that is exceeded. */
  readonly onExceeded: (exceeded: Exceeded) => void;
  /** Called when a look was not possible; then there is none any longer. */
  readonly onFailed: (error: unknown) => void;
}

/** A running watcher. */
export interface StepWatch {
  /** Looks at the first process a last time and stops; call it right after the script's end. */
  readonly end: () => StepUse;
  /**
   * For a script that failed: a limit that it exceeded without being ended by the watcher. The kernel refuses a file that
   * is larger than the whole folder may be, and ends what is in a cgroup without memory.
   */
  readonly exceededAtEnd: () => Promise<Exceeded | undefined>;
}

/** The first look is early, because many scripts end soon. */
const firstLookMs = 30;
/** A step that may be over its limit before the next look would come is looked at sooner. */
const nearLookMs = 50;
/** How fast a process can take memory: one that fills what it gets fills some GB in a second. */
const bytesPerMs = 4 * 1024 ** 2;

/**
 * Looks at a step's processes and its folder until it ends. A look reads one small file of /proc for each process;
 * memory that processes share is measured only when it would be over the limit if they did not.
 */
export function watchStep(options: WatchOptions): StepWatch {
  const { processes, workFolder, limits, cgroup, cpuMsBefore = 0 } = options;
  cgroup?.add(processes.outerIds());
  const time = createProcessorTime();
  const folder = watchWorkFolder(workFolder, { bytes: limits.diskBytes, files: limits.files });
  const { machineMemory = readMachineMemory } = options;
  const memoryAtStart = machineMemory();
  let peakMemoryBytes = 0;
  let cpuMs = 0;
  let seen: readonly ProcessStatistics[] = [];
  let isOver = false;
  let nextProportionalMs = 0;
  let waitMs = firstLookMs;

  const exceed = (exceeded: Exceeded): void => {
    if (isOver) return;
    isOver = true;
    options.onExceeded(exceeded);
  };

  const fail = (error: unknown): void => {
    if (isOver) return;
    isOver = true;
    options.onFailed(error);
  };

  /** Bytes of the processes together, if they shared nothing. */
  const lookAtProcesses = (): number => {
    const found = processes.look(limits.processes);
    if (found.count > limits.processes) {
      exceed({ kind: "processes", count: found.count });
      return 0;
    }
    seen = found.seen;
    const threads = seen.reduce((sum, one) => sum + one.threads, 0);
    if (threads > limits.processes) exceed({ kind: "processes", count: threads });
    const first = processes.first();
    cpuMs = Math.max(cpuMs, time.add(first === undefined ? seen : [...seen, first]) - cpuMsBefore);
    if (cpuMs > limits.cpuMs) exceed({ kind: "cpu", ms: cpuMs });
    return seen.reduce((sum, one) => sum + one.pages * pageBytes() + swappedBytes(one.id), 0);
  };

  const swappedBytes = (id: number): number => (hasSwap() ? readKibibytes(processes.read(id, "status"), "VmSwap") : 0);

  /** A process that has already given back what it had in between. */
  const highestOfLargest = (): number => {
    const largest = seen.reduce<ProcessStatistics | undefined>(
      (most, one) => (most === undefined || one.pages > most.pages ? one : most),
      undefined,
    );
    return largest === undefined ? 0 : readKibibytes(processes.read(largest.id, "status"), "VmHWM");
  };

  const lookAtMemory = async (bytes: number): Promise<void> => {
    if (bytes <= limits.memoryBytes) {
      peakMemoryBytes = Math.max(peakMemoryBytes, bytes, highestOfLargest());
      return;
    }
    const from = performance.now();
    if (from < nextProportionalMs) return;
    const largestFirst = seen.toSorted((left, right) => right.pages - left.pages).map(({ id }) => id);
    const shared = await measureProportionalMemory(processes, largestFirst, limits.memoryBytes);
    nextProportionalMs = performance.now() + 10 * (performance.now() - from);
    peakMemoryBytes = Math.max(peakMemoryBytes, shared);
    if (shared > limits.memoryBytes) exceed({ kind: "memory", bytes: shared });
  };

  /** What may be in no process is known only as a maximum, so it counts when the machine runs short of memory. */
  const lookAtHiddenMemory = async (): Promise<void> => {
    const now = machineMemory();
    if (!isShortOfMemory(memoryAtStart, now, limits.memoryBytes + 2 * limits.tmpBytes)) return;
    const ids = seen.map(({ id }) => id);
    const hidden = await measureHiddenMemory(processes, ids, limits.memoryBytes);
    const gone = memoryAtStart.availableBytes - now.availableBytes;
    if (hidden > limits.memoryBytes) exceed({ kind: "memory", bytes: Math.min(hidden, gone) });
  };

  const inFolder = async (ids: readonly number[]): Promise<Exceeded | undefined> => {
    const { bytes, files } = await folder.look(() => measureDeletedFiles(processes, ids, workFolder));
    if (bytes > limits.diskBytes) return { kind: "disk", bytes };
    return files > limits.files ? { kind: "files", count: files } : undefined;
  };

  const lookAtFolder = async (): Promise<void> => {
    const found = await inFolder(seen.map(({ id }) => id));
    if (found !== undefined) exceed(found);
  };

  let measuring: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    const bytes = lookAtProcesses();
    // Not waited for: a folder of many files takes seconds, and the processes must be looked at meanwhile.
    measuring ??= lookAtFolder()
      .catch(fail)
      .finally(() => {
        measuring = undefined;
      });
    await lookAtMemory(bytes);
    if (!isOver) await lookAtHiddenMemory();
    if (isOver) return;
    const untilFullMs = (limits.memoryBytes + limits.memoryBytes / 4 - bytes) / bytesPerMs;
    waitMs = Math.min(2 * waitMs, Math.max(nearLookMs, Math.min(processes.lookMs, untilFullMs)));
    again();
  };
  let timer: NodeJS.Timeout;
  let looking: Promise<void> = Promise.resolve();
  const again = (): void => {
    timer = setTimeout(() => {
      looking = look().catch(fail);
    }, waitMs);
  };
  again();
  let use: StepUse | undefined;

  return {
    end: () => {
      if (use !== undefined) return use;
      clearTimeout(timer);
      isOver = true;
      // The first process has waited for all others that ended, if the kernel still shows it.
      const first = processes.first();
      if (first !== undefined) cpuMs = Math.max(cpuMs, (first.ownTicks + first.childTicks) * tickMs - cpuMsBefore);
      cpuMs = Math.max(cpuMs, cgroup?.cpuMs() ?? 0);
      // A look that is under way still reads through the descriptor, whose number must not mean anything else.
      void Promise.all([looking, measuring]).then(processes.close);
      use = { peakMemoryBytes, cpuMs };
      return use;
    },
    exceededAtEnd: async () => {
      await Promise.all([looking, measuring]);
      if (cgroup?.isOutOfMemory() === true)
        return { kind: "memory", bytes: Math.max(peakMemoryBytes, limits.memoryBytes) };
      return inFolder([]);
    },
  };
}

let knownPageBytes: number | undefined;

function pageBytes(): number {
  knownPageBytes ??= readPageBytes(readFileSync("/proc/self/auxv"));
  return knownPageBytes;
}

let knownSwap: boolean | undefined;

/** Whether this machine had swap at the first look: without it, no process has memory there. */
function hasSwap(): boolean {
  knownSwap ??= readKibibytes(readFileSync("/proc/meminfo", "latin1"), "SwapTotal") > 0;
  return knownSwap;
}
