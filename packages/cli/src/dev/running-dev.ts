import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { decodeText, errorCodeOf, readProcessStart, SealrunError } from "@sealrun/protocol";
import { z } from "zod";
import { replacePrivateFile } from "../files/private-files.ts";
import type { DataFolder } from "./data-folder.ts";

const record = z.object({
  pid: z.number(),
  /** The kernel's count of when the process began: a later process with this id has another. */
  startedAt: z.string(),
  /** Null until it is ready. */
  url: z.string().nullable(),
});

/** The `sealrun dev` that uses a data folder. */
export type RunningDev = z.infer<typeof record>;

/** A data folder that this process uses. */
export interface ClaimedFolder {
  /** Tells other commands that the platform is ready, and where. */
  readonly markReady: (url: string) => Promise<void>;
  readonly release: () => Promise<void>;
}

/** Records that this process uses the data folder. `DATA_FOLDER_UNUSABLE` names another `sealrun dev` that does. */
export async function claimFolder(folder: DataFolder): Promise<ClaimedFolder> {
  const own = { pid: process.pid, startedAt: (await readStart(process.pid)) ?? "", url: null };
  await requireUnused(folder);
  await removeStale(folder.runningDev);
  if (!(await writeNew(folder.runningDev, own))) {
    // Another one started at the same moment, or has ended since.
    await requireUnused(folder);
    throw new SealrunError("DATA_FOLDER_UNUSABLE", `${folder.runningDev} cannot be replaced; delete it, and try again`);
  }
  return {
    markReady: async (url) => replacePrivateFile(folder.runningDev, JSON.stringify({ ...own, url })),
    release: async () => {
      // The folder may have been deleted, and made again by another one.
      if ((await readRecord(folder.runningDev))?.pid === own.pid) await rm(folder.runningDev, { force: true });
    },
  };
}

/** The `sealrun dev` that uses the folder now; undefined for none. */
export async function findRunningDev({ runningDev }: Pick<DataFolder, "runningDev">): Promise<RunningDev | undefined> {
  const found = await readRecord(runningDev);
  return found !== undefined && (await isAlive(found)) ? found : undefined;
}

/** `DATA_FOLDER_UNUSABLE` names the `sealrun dev` that uses the folder. */
export async function requireUnused(folder: Pick<DataFolder, "root" | "runningDev">): Promise<void> {
  const running = await findRunningDev(folder);
  if (running === undefined) return;
  const state = running.url === null ? "is starting" : `runs at ${running.url}`;
  throw new SealrunError(
    "DATA_FOLDER_UNUSABLE",
    `A sealrun dev already uses ${folder.root}: process ${running.pid}, which ${state}; stop it with: sealrun dev stop --data ${folder.root}`,
  );
}

/** True while that very process runs. */
export async function isAlive({ pid, startedAt }: RunningDev): Promise<boolean> {
  return (await readStart(pid)) === startedAt;
}

async function readStart(pid: number): Promise<string | undefined> {
  return readProcessStart(await readFile(`/proc/${pid}/stat`, "latin1").catch(() => ""));
}

async function readRecord(path: string): Promise<RunningDev | undefined> {
  try {
    return decodeText(record, await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Removes what a killed process left, and nothing that another process has written meanwhile. */
async function removeStale(path: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return;
    throw error;
  }
  const moved = await readRecord(aside);
  if (moved !== undefined && (await isAlive(moved))) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/** False when the file exists. */
async function writeNew(path: string, content: RunningDev): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(draft, JSON.stringify(content), { mode: 0o600 });
    // A link is made whole or not at all: no reader sees an empty file.
    await link(draft, path);
    return true;
  } catch (error) {
    if (errorCodeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
