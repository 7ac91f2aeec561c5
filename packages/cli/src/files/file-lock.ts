import { randomBytes } from "node:crypto";
import { open, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCodeOf, SealrunError } from "@sealrun/protocol";

const patienceMs = 30_000;
const pollMs = 20;

/**
 * Does `work` while no other command that locks the same file does. The lock is a file beside it, which names its
 * process: that of a command that was killed is removed. `CONFIG_INVALID` names a lock that does not end.
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>, waitMs = patienceMs): Promise<T> {
  const lock = `${file}.lock`;
  const mark = `${process.pid} ${hostname()} ${randomBytes(8).toString("hex")}`;
  const deadline = Date.now() + waitMs;
  while (!(await create(lock, mark))) {
    if (await isStale(lock)) await removeStale(lock);
    else if (Date.now() < deadline) await sleep(pollMs);
    else throw new SealrunError("CONFIG_INVALID", stuck(file, lock));
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

function stuck(file: string, lock: string): string {
  return `${file} is being changed by another command, which does not end; if no sealrun command runs, delete ${lock}`;
}

/** False when the file exists. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    const made = await open(path, "wx", 0o600);
    try {
      await made.writeFile(text);
    } finally {
      await made.close();
    }
    return true;
  } catch (error) {
    if (errorCodeOf(error) === "EEXIST") return false;
    throw new SealrunError(
      "CONFIG_INVALID",
      `${path} cannot be made (${errorCodeOf(error) ?? "it failed"}); check the owner and mode of its folder`,
      { cause: error },
    );
  }
}

/** True when the lock names a process of this machine that no longer exists. */
async function isStale(lock: string): Promise<boolean> {
  const [pid = "", host] = (await readFile(lock, "utf8").catch(() => "")).split(" ");
  return /^[0-9]+$/.test(pid) && host === hostname() && !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCodeOf(error) !== "ESRCH";
  }
}

/** One command at a time removes it, and looks again first: another one may have its own lock there by now. */
async function removeStale(lock: string): Promise<void> {
  const turn = `${lock}.stale`;
  if (!(await create(turn, ""))) return sleep(pollMs);
  try {
    if (await isStale(lock)) await rm(lock, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}
