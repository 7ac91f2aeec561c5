import { readdir, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { signalProcess } from "../process-tree.ts";
import { chooseIds, type IdRange } from "./choose-ids.ts";

/** The ids of the users of an executor: each slot has two. */
export interface SlotUsers {
  /** One for the worker of each slot. */
  readonly workers: readonly number[];
  /** One for the preparer of each slot: two packages that are prepared at once have nothing in common. */
  readonly preparers: readonly number[];
  /** Lets other executors use them. */
  readonly close: () => void;
}

/** What users an executor has: none without a range. */
export interface SlotUsersOptions {
  readonly range: IdRange | null;
  readonly slots: number;
}

/**
 * Takes the users of so many slots from a range of ids; executors of one machine may share the range. What processes of
 * these users are left, from an executor that died, is ended. None without a range, and when this process is not root.
 * Throws `CONFIG_INVALID` when there are too few ids.
 */
export async function openSlotUsers(options: SlotUsersOptions): Promise<SlotUsers> {
  const { range, slots } = options;
  if (!hasUsers(range)) return { workers: [], preparers: [], close: () => undefined };
  const count = usersFor(slots);
  const holds: Server[] = [];
  const close = (): void => {
    for (const hold of holds) hold.close();
  };
  try {
    const ids: number[] = [];
    for (const id of await freeIds(range, slots)) {
      if (ids.length === count) break;
      const hold = await holdId(id);
      if (hold === undefined) continue;
      holds.push(hold);
      ids.push(id);
    }
    // Says how many are left when other executors have the rest.
    chooseIds({ first: 0, count: ids.length }, count, { accounts: "", lent: "" });
    await endProcessesOf(new Set(ids));
    return { workers: ids.slice(0, slots), preparers: ids.slice(slots), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Throws `CONFIG_INVALID` when the range has too few ids, whatever other executors of this machine have of them. */
export async function requireSlotUsers({ range, slots }: SlotUsersOptions): Promise<void> {
  if (hasUsers(range)) await freeIds(range, slots);
}

function hasUsers(range: IdRange | null): range is IdRange {
  return range !== null && process.getuid?.() === 0;
}

function usersFor(slots: number): number {
  return 2 * slots;
}

/** The ids of a range that no user of this machine has. */
async function freeIds(range: IdRange, slots: number): Promise<readonly number[]> {
  const [accounts, lent] = [
    await readAll(["/etc/passwd", "/etc/group"]),
    await readAll(["/etc/subuid", "/etc/subgid"]),
  ];
  return chooseIds(range, usersFor(slots), { accounts, lent });
}

/**
 * Keeps an id until the returned server is closed or this process ends; undefined when another executor has it. The
 * kernel gives each name of an abstract socket to one process only.
 */
async function holdId(id: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy()).unref();
  const isHeld = await new Promise<boolean>((resolve) => {
    server.once("listening", () => resolve(true)).once("error", () => resolve(false));
    server.listen({ path: `\0sealrun-slot-user-${id}` });
  });
  return isHeld ? server : undefined;
}

async function endProcessesOf(ids: ReadonlySet<number>): Promise<void> {
  for (const name of await readdir("/proc")) {
    if (!/^[0-9]+$/.test(name)) continue;
    const status = await readFile(`/proc/${name}/status`, "latin1").catch(() => "");
    const user = /^Uid:\t(\d+)\t/m.exec(status)?.[1];
    if (user !== undefined && ids.has(Number(user))) signalProcess(Number(name), "SIGKILL");
  }
}

async function readAll(paths: readonly string[]): Promise<string> {
  const texts = await Promise.all(paths.map(async (path) => readFile(path, "utf8").catch(() => "")));
  return texts.join("\n");
}
