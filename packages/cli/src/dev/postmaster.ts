import { lstat, readFile, readlink, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SealrunError } from "@sealrun/protocol";

/** What starts the name of every socket folder, so that a later start knows one that was left behind. */
export const socketFolderPrefix = "sealrun-pg-";

interface Postmaster {
  readonly pid: number;
  readonly socketFolder: string;
  readonly isReady: boolean;
}

/** How long an older server may take to end after its own parent died. */
const dyingMs = 6_000;

/** True when the server of that pid has written that it accepts connections. */
export async function isReady(cluster: string, pid: number): Promise<boolean> {
  const postmaster = await readPostmaster(cluster);
  return postmaster !== undefined && postmaster.pid === pid && postmaster.isReady;
}

/**
 * Removes what a killed server left: its pid file, which names a pid that another process may have by now, and its
 * socket folder. `DATA_FOLDER_UNUSABLE` when a live server holds the cluster and does not end on its own.
 */
export async function clearStalePostmaster(cluster: string): Promise<void> {
  const postmaster = await readPostmaster(cluster);
  if (postmaster === undefined) return;
  const deadline = Date.now() + dyingMs;
  while (await holdsCluster(postmaster.pid, cluster)) {
    if (Date.now() > deadline) {
      const holder = `a PostgreSQL server (process ${postmaster.pid}) is using it`;
      throw new SealrunError(
        "DATA_FOLDER_UNUSABLE",
        `${dirname(dirname(cluster))} is in use: ${holder}; stop it first`,
      );
    }
    await sleep(50);
  }
  await rm(join(cluster, "postmaster.pid"), { force: true });
  await removeSocketFolder(postmaster.socketFolder);
}

/** The lines of the file are PostgreSQL's own: pid, cluster, start, port, socket folder, address, shared memory, state. */
async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split("\n");
  const pid = Number.parseInt(lines[0] ?? "", 10);
  return { pid: Number.isNaN(pid) ? 0 : pid, socketFolder: lines[4] ?? "", isReady: lines[7]?.trim() === "ready" };
}

/** A server's working folder is its cluster: a pid that was given to another process fails this. */
async function holdsCluster(pid: number, cluster: string): Promise<boolean> {
  if (pid <= 0) return false;
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(cluster));
  } catch {
    return false;
  }
}

async function removeSocketFolder(folder: string): Promise<void> {
  if (!basename(folder).startsWith(socketFolderPrefix) || ![tmpdir(), "/tmp"].includes(dirname(folder))) return;
  const found = await lstat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true || found.uid !== process.getuid?.()) return;
  await rm(folder, { recursive: true, force: true });
}
