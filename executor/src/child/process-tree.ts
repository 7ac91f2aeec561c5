import { readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { getPriority, setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { readProcessFields, readProcessStart } from "@sealrun/protocol";

/** One process, distinguished from a later process with the same id. */
export interface ProcessMark {
  readonly id: number;
  /** Clock ticks since boot. */
  readonly startedAt: string;
}

/** `OOM_SCORE_ADJ_MAX` of linux/oom.h. */
const highestOomScore = 1000;

/** How much less urgent scripts are than this process, in steps of `nice`: each is about a quarter less time. */
const scriptNiceness = 5;
const lowestPriority = 19;

/** The process of this id, or undefined when it is gone or a zombie. */
export async function markProcess(id: number): Promise<ProcessMark | undefined> {
  return markOf(id, await readFile(statFile(id), "utf8").catch(() => ""));
}

/** The same at once. */
export function markNow(id: number): ProcessMark | undefined {
  return markOf(id, readNow(id));
}

/** True while this process exists, and not only its id. */
export async function isAlive(mark: ProcessMark): Promise<boolean> {
  return (await markProcess(mark.id))?.startedAt === mark.startedAt;
}

/**
 * Kills this process, in the same turn: a fork bomb makes thousands of processes while a thread of Node looks whether it
 * still exists. Its end is as urgent as this process, where the user may say so.
 */
export function killAtOnce(mark: ProcessMark): void {
  if (readProcessFields(readNow(mark.id))[19] !== mark.startedAt) return;
  signalProcess(mark.id, "SIGKILL");
  try {
    setPriority(mark.id, getPriority());
  } catch {
    // Gone already, or not root.
  }
}

/** The id of the parent of a process; undefined when it is gone. */
export function parentOf(id: number): number | undefined {
  const parent = readProcessFields(readNow(id))[1];
  return parent === undefined ? undefined : Number(parent);
}

/** How long a process may take to stop. */
const maxStopMs = 1_000;

/**
 * Stops a process, and returns when it has stopped: a `clone` that has begun ends before that, and what it makes is then
 * seen below the process. A process that does not stop in a second is in the kernel for longer, and is left so.
 */
export function stopAtOnce(id: number): void {
  signalProcess(id, "SIGSTOP");
  const waiting = new Int32Array(new SharedArrayBuffer(4));
  const until = performance.now() + maxStopMs;
  for (;;) {
    const text = readNow(id);
    if (readProcessStart(text) === undefined || /^[Tt]$/.test(readProcessFields(text)[0] ?? "")) return;
    if (performance.now() > until) return;
    Atomics.wait(waiting, 0, 0, 1);
  }
}

/** Sends the signal to the children of a process; for the first process of a sandbox, that is the script. */
export async function signalChildren(parent: ProcessMark, signal: NodeJS.Signals): Promise<void> {
  if (!(await isAlive(parent))) return;
  const list = await readFile(`/proc/${parent.id}/task/${parent.id}/children`, "utf8").catch(() => "");
  for (const child of list.split(" ").filter((word) => word !== "")) signalProcess(Number(child), signal);
}

/** Sends a signal; a process that is gone is no error. A negative id means a process group. */
export function signalProcess(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch {
    // Gone already.
  }
}

/**
 * Lets this process, and those that it starts from now on, wait for processors while this process wants one. Otherwise a
 * thousand processes of one script would keep their watcher from its turn for seconds.
 */
export function yieldProcessors(id: number | undefined): void {
  if (id === undefined) return;
  try {
    setPriority(id, Math.min(getPriority() + scriptNiceness, lowestPriority));
  } catch {
    // Gone already.
  }
}

/**
 * Makes the kernel end this process, and those that it starts from now on, before any other when memory runs out. Any
 * user may raise this score of an own process, and only root can lower it again.
 */
export function preferForOomKill(id: number | undefined): void {
  if (id === undefined) return;
  try {
    writeFileSync(`/proc/${id}/oom_score_adj`, String(highestOomScore));
  } catch {
    // Gone already.
  }
}

/** Waits until the process is gone. The kernel ends the first process of a PID namespace after all others in it. */
export async function waitUntilGone(mark: ProcessMark): Promise<void> {
  for (let waitMs = 1; await isAlive(mark); waitMs = Math.min(waitMs * 2, 50)) await sleep(waitMs);
}

/**
 * Waits until the process sleeps in a system call that a signal can end, such as `wait`, or is gone. Usually it sleeps
 * already, and a script's start waits for this: the synchronous first check costs 20 µs, one in Node's threads 300.
 */
export async function waitUntilAsleep(mark: ProcessMark): Promise<void> {
  for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 50)) {
    const text = readNow(mark.id);
    if (readProcessFields(text)[0] === "S" || readProcessStart(text) !== mark.startedAt) return;
    await sleep(waitMs);
  }
}

function markOf(id: number, stat: string): ProcessMark | undefined {
  const startedAt = readProcessStart(stat);
  return startedAt === undefined ? undefined : { id, startedAt };
}

/** Empty for a process that is gone. */
function readNow(id: number): string {
  try {
    return readFileSync(statFile(id), "utf8");
  } catch {
    return "";
  }
}

function statFile(id: number): string {
  return `/proc/${id}/stat`;
}
