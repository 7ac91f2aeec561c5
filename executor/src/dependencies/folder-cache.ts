import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "@sealrun/crypto";
import { decode, SealrunError, errorCodeOf } from "@sealrun/protocol";
import { z } from "zod";
import { isAlive, markProcess } from "../child/process-tree.ts";
import { makeReadableFolder } from "../workspace/readable-folder.ts";
import { removeFolder } from "../workspace/remove-folder.ts";
import { removeLeftovers } from "../workspace/remove-leftovers.ts";

/** Folders that are made once per key, and kept while there is room. Several processes may share a cache. */
export interface FolderCache {
  /**
   * The folder of a key, made by `make` if it is missing; it stays until `release`. If `make` throws, nothing is kept.
   */
  acquire(key: string, make: Make, signal: AbortSignal): Promise<CachedFolder>;
  /** The folder of a key if it is there; it stays until `release`. */
  use(key: string): Promise<CachedFolder | undefined>;
}

/** Fills `content`, working in a private folder that is removed afterwards; returns the size of `content`. */
type Make = (folder: string, content: string) => Promise<{ readonly bytes: number }>;

/** A cached folder in use. */
export interface CachedFolder {
  readonly path: string;
  readonly release: () => Promise<void>;
}

const entryForm = z.object({ bytes: z.number() });

/** A cache below `root`. Removes what processes that are gone left incomplete. */
export async function openFolderCache(root: string, maxBytes: number): Promise<FolderCache> {
  await makeReadableFolder(root);
  await removeLeftovers(root);
  const owner = await markProcess(process.pid);
  const mark = `${process.pid}.${owner?.startedAt ?? "0"}`;
  const making = new Map<string, Promise<unknown>>();

  const makeEntry = async (key: string, make: Make): Promise<void> => {
    const scratch = await mkdtemp(join(root, `new-${mark}-`));
    const entry = join(scratch, "entry");
    try {
      for (const folder of [entry, join(entry, "content")]) await makeReadableFolder(folder);
      await mkdir(join(entry, "uses"), { mode: 0o700 });
      const work = join(scratch, "work");
      await mkdir(work, { mode: 0o700 });
      const { bytes } = await make(work, join(entry, "content"));
      await writeFile(join(entry, "entry.json"), JSON.stringify({ bytes }));
      // Another process may have been faster: its result is the same.
      await rename(entry, join(root, key)).catch(async (error: unknown) => {
        if (!(await isEntry(join(root, key)))) throw error;
      });
    } finally {
      await removeFolder(scratch);
    }
  };

  const acquire: FolderCache["acquire"] = async (key, make, signal) => {
    for (;;) {
      const used = await useEntry(pathOf(root, key), mark);
      if (used !== undefined) return used;
      const other = making.get(key);
      if (other !== undefined) {
        await waitFor(other, signal);
        continue;
      }
      const own = makeEntry(key, make);
      making.set(key, own);
      try {
        await own;
      } finally {
        making.delete(key);
      }
      await evict({ root, maxBytes, mark }, key);
    }
  };
  return { acquire, use: async (key) => useEntry(pathOf(root, key), mark) };
}

function pathOf(root: string, key: string): string {
  if (!/^[a-z]+-[0-9a-f]{64}$/.test(key)) throw new SealrunError("INTERNAL", "");
  return join(root, key);
}

/** Waits while another run makes the same folder. Its failure is passed on, except when that run was cancelled. */
async function waitFor(other: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void =>
    aborted.reject(new SealrunError("CANCELLED", "The attempt was ended while it waited for dependencies"));
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([other, aborted.promise]);
  } catch (error) {
    if (signal.aborted || !(error instanceof SealrunError) || error.code !== "CANCELLED") throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** How often one looks again while an entry is being removed. */
const lookMs = 20;

/**
 * Marks an entry as used; undefined when there is none. The mark names the process, so that it ends with the process.
 * A process that removes an entry says so in it before it looks for uses, and one that uses it looks for that afterwards: at
 * least one of the two sees the other.
 */
async function useEntry(entry: string, mark: string): Promise<CachedFolder | undefined> {
  const use = join(entry, "uses", `${mark}-${newId("request")}`);
  for (;;) {
    try {
      await writeFile(use, "", { flag: "wx", mode: 0o600 });
    } catch (error) {
      if (errorCodeOf(error) === "ENOENT") return undefined;
      throw error;
    }
    const isBeingRemoved = await hasLiving(join(entry, "removals"));
    // Without the use, the look was at no folder, or at a later one.
    if (!isBeingRemoved && (await isThere(use))) break;
    await rm(use, { force: true });
    if (isBeingRemoved) await sleep(lookMs);
  }
  const now = new Date();
  await utimes(entry, now, now);
  return { path: join(entry, "content"), release: () => rm(use, { force: true }) };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Removes entries until the limit holds, the longest unused first, and none that a living process uses. */
async function evict(
  cache: { readonly root: string; readonly maxBytes: number; readonly mark: string },
  keep: string,
): Promise<void> {
  const { root, maxBytes, mark } = cache;
  const entries = [];
  for (const name of await readdir(root)) {
    const path = join(root, name);
    const bytes = await sizeOf(path);
    if (bytes !== undefined) entries.push({ name, path, bytes, usedAt: (await stat(path)).mtimeMs });
  }
  let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { name, path, bytes } of entries.toSorted((left, right) => left.usedAt - right.usedAt)) {
    if (total <= maxBytes) return;
    if (name === keep || (await hasLiving(join(path, "uses")))) continue;
    const removed = join(root, `old-${mark}-${newId("request")}`);
    if (!(await takeAway(path, removed, mark))) continue;
    await removeFolder(removed);
    total -= bytes;
  }
}

/** Renames an entry that no process uses; false when one does, or another process was faster. */
async function takeAway(entry: string, removed: string, mark: string): Promise<boolean> {
  const removal = join(entry, "removals", `${mark}-${newId("request")}`);
  try {
    await mkdir(join(entry, "removals"), { recursive: true, mode: 0o700 });
    await writeFile(removal, "", { flag: "wx", mode: 0o600 });
    if (!(await hasLiving(join(entry, "uses")))) {
      await rename(entry, removed);
      return true;
    }
    await rm(removal, { force: true });
    return false;
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Whether a process lives that has left its mark in this folder. */
async function hasLiving(folder: string): Promise<boolean> {
  for (const name of await readdir(folder).catch(() => [])) {
    const { id, startedAt } = /^(?<id>\d+)\.(?<startedAt>\d+)-/.exec(name)?.groups ?? {};
    if (id !== undefined && startedAt !== undefined && (await isAlive({ id: Number(id), startedAt }))) return true;
  }
  return false;
}

async function isEntry(path: string): Promise<boolean> {
  return (await sizeOf(path)) !== undefined;
}

async function sizeOf(entry: string): Promise<number | undefined> {
  try {
    return decode(entryForm, await readFile(join(entry, "entry.json"))).bytes;
  } catch {
    return undefined;
  }
}
