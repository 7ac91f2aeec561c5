import { chmod, lstat, mkdtemp, readFile, readlink, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SealrunError } from "@sealrun/protocol";
import { writePrivateFile } from "../files/private-files.ts";

/** The prefix of every socket folder's name: no folder with another name is ever removed. */
const socketFolderPrefix = "sealrun-pg-";
/** A Unix socket's path is at most 107 bytes long; what PostgreSQL appends to the folder is counted off. */
const socketFolderBytes = 107 - "/.s.PGSQL.5432.lock".length;

interface Postmaster {
  readonly pid: number;
  readonly isReady: boolean;
}

/** How long an older server may take to end after its parent died. */
const shutdownMs = 3_000;

/** True when the server of that pid has written that it accepts connections. */
export async function isReady(cluster: string, pid: number): Promise<boolean> {
  const postmaster = await readPostmaster(cluster);
  return postmaster !== undefined && postmaster.pid === pid && postmaster.isReady;
}

/**
 * Removes the pid file that a killed server left: another process may have that pid by now, and PostgreSQL would treat
 * it as a server. `DATA_FOLDER_UNUSABLE` when a live server uses the cluster and does not end on its own.
 */
export async function clearStalePostmaster(cluster: string): Promise<void> {
  const postmaster = await readPostmaster(cluster);
  if (postmaster === undefined) return;
  const deadline = Date.now() + shutdownMs;
  while (await holdsCluster(postmaster.pid, cluster)) {
    if (Date.now() > deadline) {
      throw new SealrunError(
        "DATA_FOLDER_UNUSABLE",
        `Another sealrun dev uses ${dirname(dirname(cluster))} (its PostgreSQL is process ${postmaster.pid}); stop it, or give another folder with --data`,
      );
    }
    await sleep(50);
  }
  await rm(join(cluster, "postmaster.pid"), { force: true });
}

/**
 * Makes a private folder for the server's socket under the system's temp folder, where paths are short. Its path is kept
 * in `record`, so that the next start removes the folder that a killed server left.
 */
export async function makeSocketFolder(record: string): Promise<string> {
  const left = await readFile(record, "utf8").catch(() => undefined);
  if (left !== undefined) await removeSocketFolder(left);
  const isTooLong = Buffer.byteLength(join(tmpdir(), `${socketFolderPrefix}XXXXXX`)) > socketFolderBytes;
  const folder = await mkdtemp(join(isTooLong ? "/tmp" : tmpdir(), socketFolderPrefix));
  await chmod(folder, 0o700);
  await writePrivateFile(record, folder);
  return folder;
}

/** Removes a socket folder of this user; any other path stays. */
export async function removeSocketFolder(folder: string): Promise<void> {
  if (!basename(folder).startsWith(socketFolderPrefix) || ![tmpdir(), "/tmp"].includes(dirname(folder))) return;
  const found = await lstat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true || found.uid !== process.getuid?.()) return;
  await rm(folder, { recursive: true, force: true });
}

/** The lines of the file are PostgreSQL's own: pid, cluster, start, port, socket folder, address, shared memory, state. */
async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split("\n");
  const pid = Number.parseInt(lines[0] ?? "", 10);
  return { pid: Number.isNaN(pid) ? 0 : pid, isReady: lines[7]?.trim() === "ready" };
}

/** True when that process is a server of the cluster: a server's working folder is its cluster. */
async function holdsCluster(pid: number, cluster: string): Promise<boolean> {
  if (pid <= 0) return false;
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(cluster));
  } catch {
    return false;
  }
}
