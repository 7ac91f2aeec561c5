import { readFileSync } from "node:fs";
import { limits, SealrunError } from "@sealrun/protocol";
import { openFrameLink } from "../../between/frame-link.ts";
import {
  type FromPreparer,
  fromPreparer,
  type JobEnd,
  preparerFrameBytes,
  type PreparerJob,
  type ToPreparer,
} from "../../between/preparer-frames.ts";
import { readKibibytes } from "../../child/limits/process-statistics.ts";
import type { ProcessMark } from "../../child/process-tree.ts";
import { signalOf } from "../../child/running-script.ts";
import type { PreparerHome } from "./preparer-home.ts";
import { killTree, marksBelow, waitUntilAllGone } from "../workers/kill-tree.ts";
import { startInHome } from "../workers/start-in-home.ts";

/** How much one job may use. Times are in ms, and counted in ticks, so that a supervisor that was stopped does not count. */
export interface JobLimits {
  /** Without a word of the process, once it has begun. */
  readonly silentMs: number;
  readonly totalMs: number;
  /** Memory of everything in which a preparer itself reads lock files. */
  readonly heapBytes: number;
  /** Memory of the preparer and all its installers and compilers. */
  readonly memoryBytes: number;
}

const mebi = 1024 * 1024;

/** Two installs and a compilation have the longest times of their own; this one ends what keeps to none. */
export const jobLimits: JobLimits = {
  silentMs: 10_000,
  totalMs: 2 * limits.dependenciesMs + 5 * 60_000,
  heapBytes: 512 * mebi,
  memoryBytes: limits.dependenciesMemoryBytes,
};

/** How a job's process ended. */
export type PreparerEnd =
  | JobEnd
  /** It was ended, because of what the package made it do. */
  | { readonly t: "ended"; readonly error: SealrunError }
  /** It ended by itself, or was ended from outside: it is not known why. */
  | { readonly t: "lost"; readonly how: string; readonly error: SealrunError };

/** A preparer's process. */
export interface PreparerProcess {
  /** Settles when the process is gone, with everything below it. */
  readonly ended: Promise<PreparerEnd>;
  readonly send: (frame: ToPreparer) => void;
  /** Ends it; then `ended` has this error. */
  readonly kill: (error: SealrunError) => void;
}

type Said = Exclude<FromPreparer, JobEnd | { readonly t: "pong" | "begins" }>;

const tickMs = 500;
/** How long a process takes to begin on a busy machine. */
const startMs = 60_000;

/** Starts a process for one job; `onSaid` gets its frames, and what it throws ends the process. */
export function startPreparer(
  job: PreparerJob,
  given: Pick<PreparerHome, "command"> & {
    readonly program: string;
    readonly limits: JobLimits;
    readonly onSaid: (frame: Said) => void;
  },
): PreparerProcess {
  const { program, onSaid } = given;
  const heap = `--max-old-space-size=${Math.ceil(given.limits.heapBytes / mebi)}`;
  const { pid, exited, socket } = startInHome(given, program, { what: "preparer", flags: [heap] });
  const ended = Promise.withResolvers<PreparerEnd>();
  let part: "dependencies" | "scripts" = "dependencies";
  let isOver = false;
  let hasBegun = false;
  // Its children have another parent when it has ended.
  let below: readonly ProcessMark[] = [];
  let quietTicks = 0;
  let allTicks = 0;

  const end = (how: PreparerEnd): void => {
    if (isOver) return;
    isOver = true;
    clearInterval(watch);
    below = [...below, ...killTree(pid)];
    link.close();
    void exited.then(async () => waitUntilAllGone(below)).then(() => ended.resolve(how));
  };
  const endFor = (what: string): void => end({ t: "ended", error: errorOf(part, what) });
  const link = openFrameLink<FromPreparer, ToPreparer>(socket, {
    schema: fromPreparer,
    maxBytes: preparerFrameBytes,
    onFrame: (frame) => {
      quietTicks = 0;
      if (!hasBegun) below = marksBelow(pid);
      hasBegun = true;
      if (isOver || frame.t === "pong") return;
      if (frame.t === "begins") part = frame.part;
      else if (frame.t === "done" || frame.t === "failed") end(frame);
      else onSaid(frame);
    },
    onEnd: (error) => {
      if (error !== undefined) endFor("made its process say what no preparer says, and was ended");
    },
  });
  const watch = setInterval(() => {
    quietTicks += 1;
    allTicks += 1;
    const { silentMs, totalMs, memoryBytes } = given.limits;
    const quietMs = quietTicks * tickMs;
    if (!hasBegun && quietMs >= startMs) end(notStarted());
    else if (hasBegun && quietMs >= silentMs) endFor(`kept its process busy for ${silentMs / 1_000} s, and was ended`);
    else if (allTicks * tickMs >= totalMs) endFor(`took longer than ${totalMs / 60_000} minutes, and was ended`);
    else if (memoryOf(pid) > memoryBytes) endFor(tooLarge(memoryBytes));
    else link.send({ t: "ping" }).catch(() => undefined);
  }, tickMs);
  void exited.then(({ signal, exitCode, failure }) => {
    if (failure !== undefined || !hasBegun) return end(notStarted(failure));
    // V8 ends a process whose heap is full so.
    if (signal === "SIGABRT" || exitCode === 134) return endFor(tooLarge(given.limits.heapBytes));
    // Bubblewrap ends with 128 and the number of a signal.
    const how = `ended (${signal ?? signalOf(exitCode) ?? `exit code ${exitCode ?? "unknown"}`})`;
    return end({ t: "lost", how, error: errorOf(part, `could not be done: its process ${how} each time`) });
  });
  const send = (frame: ToPreparer): void => void link.send(frame);
  send(job);
  return { ended: ended.promise, send, kill: (error) => end({ t: "ended", error }) };
}

function notStarted(cause?: Error): PreparerEnd {
  const error = new SealrunError("MACHINE_FAILED", "The process of a preparer could not be started", { cause });
  return { t: "lost", how: "could not be started", error };
}

function tooLarge(bytes: number): string {
  return `took more than ${Math.floor(bytes / mebi)} MiB of memory, and was ended`;
}

function errorOf(part: "dependencies" | "scripts", what: string): SealrunError {
  return part === "dependencies"
    ? new SealrunError("DEPENDENCIES_FAILED", `Preparing what the package's lock files name ${what}`)
    : new SealrunError("BUNDLE_FAILED", `Compiling the package's TypeScript ${what}`);
}

/** Resident bytes of a process and all below it. */
function memoryOf(root: number): number {
  return [root, ...marksBelow(root).map(({ id }) => id)].reduce((sum, id) => sum + residentBytes(id), 0);
}

function residentBytes(id: number): number {
  try {
    return readKibibytes(readFileSync(`/proc/${id}/status`, "latin1"), "VmRSS");
  } catch {
    // Gone already.
    return 0;
  }
}
