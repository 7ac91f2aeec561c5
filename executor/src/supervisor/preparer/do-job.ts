import { lstat, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { answeredError, errorCodeOf, SealrunError, toSealrunError } from "@sealrun/protocol";
import type { Say } from "../../between/preparation.ts";
import type { PreparerJob } from "../../between/preparer-frames.ts";
import { bundleName } from "../../bundle/bundle.ts";
import { startProgram } from "../../child/start-program.ts";
import type { CachedFolder, FolderCache } from "../../dependencies/folder-cache.ts";
import { machineReason } from "../../machine/machine-reason.ts";
import { removeFolder } from "../../workspace/remove-folder.ts";
import type { Places } from "../workers/open-places.ts";
import { makePreparerHome } from "./preparer-home.ts";
import { type JobLimits, type PreparerEnd, startPreparer } from "./preparer-process.ts";

/** A fault of the machine under its own code, whatever noticed it; another error as it is. */
export function ofMachine(error: unknown): SealrunError {
  const reason = machineReason(error);
  return reason === undefined ? toSealrunError(error) : answeredError(reason);
}

/** Where jobs work, and where their results go. */
export interface JobPlaces {
  /** Folders of jobs. */
  readonly root: string;
  readonly cache: FolderCache;
  /** Compiled files, a folder for each version. */
  readonly bundles: string;
  readonly program: string;
  readonly limits: JobLimits;
  /** What keeps preparers from their supervisor, and from each other. */
  readonly places: Places;
}

/** What one job is about. */
export type JobOrder = Omit<PreparerJob, "t" | "folder">;

/** What a version has once it is prepared: keys of installs in the cache, and whether something was compiled. */
export interface Prepared {
  readonly hasNodeModules: boolean;
  readonly npm: string | undefined;
  readonly pip: string | undefined;
  readonly isCompiled: boolean;
}

/** The end of a job: its installs stay in the cache until they are released. */
export interface DoneJob {
  readonly prepared: Prepared;
  readonly held: readonly CachedFolder[];
}

/** A process ended, and it is not known why. */
class PreparerLost extends Error {
  readonly reason: SealrunError;
  readonly how: string;
  constructor(reason: SealrunError, how: string) {
    super(how);
    this.reason = reason;
    this.how = how;
  }
}

/** At most so many lines of one job go into the log of an attempt. */
const maxLines = 200;

/**
 * Does a job in a process of its own, and once more in another if that is lost. Fails with what the process said, with
 * `DEPENDENCIES_FAILED` or `BUNDLE_FAILED` when it was ended or lost, and with `CANCELLED` after `signal`.
 */
export async function doJob(
  places: JobPlaces,
  order: JobOrder,
  deps: { readonly say: Say; readonly signal: AbortSignal; readonly onLost: (how: string) => void },
): Promise<DoneJob> {
  for (const isLast of [false, true]) {
    try {
      return await tryJob(places, order, deps);
    } catch (error) {
      if (!(error instanceof PreparerLost)) throw error;
      deps.onLost(error.how);
      if (isLast || error.reason.code === "MACHINE_FAILED") throw error.reason;
    }
  }
  throw new SealrunError("INTERNAL", "");
}

/** One install of a job. */
interface Install {
  readonly made: PromiseWithResolvers<number>;
  bytes: number | undefined;
}

async function tryJob(
  places: JobPlaces,
  order: JobOrder,
  { say, signal }: { readonly say: Say; readonly signal: AbortSignal },
): Promise<DoneJob> {
  const { settings, filesDir } = order;
  const { program } = places;
  const home = await makePreparerHome(places.root, { settings, filesDir, places: places.places, program });
  const { folder } = home;
  const installs = new Map<string, Install>();
  const keys: string[] = [];
  const acquiring: Promise<CachedFolder>[] = [];
  let lines = 0;
  let isOver = false;

  const acquire = async (key: string): Promise<CachedFolder> => {
    const used = await places.cache.acquire(
      key,
      async (_, content) => {
        if (isOver) throw new SealrunError("CANCELLED", "");
        const install: Install = { made: Promise.withResolvers(), bytes: undefined };
        installs.set(key, install);
        preparer.send({ t: "make", key });
        const bytes = await install.made.promise;
        await moveInto(join(folder, key), content);
        return { bytes };
      },
      signal,
    );
    preparer.send({ t: "present", key });
    return used;
  };
  const preparer = startPreparer(
    { t: "job", folder, ...order },
    {
      command: home.command,
      program,
      limits: places.limits,
      onSaid: (frame) => {
        switch (frame.t) {
          case "say":
            lines += 1;
            if (lines <= maxLines) say(frame.level, frame.text);
            return;
          case "want": {
            const kinds = [...keys, frame.key].map((key) => key.split("-", 1)[0]);
            if (new Set(kinds).size < kinds.length) throw new SealrunError("MALFORMED", "One install of each kind");
            keys.push(frame.key);
            const used = acquire(frame.key);
            acquiring.push(used);
            // Another job may have failed to make the same.
            used.catch((error: unknown) => preparer.kill(ofMachine(error)));
            return;
          }
          case "made": {
            const install = installs.get(frame.key);
            if (install === undefined)
              throw new SealrunError("MALFORMED", "A preparer installed what it was not told to");
            install.bytes = frame.bytes;
          }
        }
      },
    },
  );
  const stop = (): void =>
    preparer.kill(new SealrunError("CANCELLED", "The preparation of a package was ended with its attempt"));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const held: CachedFolder[] = [];
  try {
    const end = await preparer.ended;
    isOver = true;
    const failure = failureOf(end);
    // What is complete serves other packages even if the rest of this job failed. The process is gone: nothing changes it.
    for (const { made, bytes } of installs.values()) {
      if (bytes !== undefined && end.t !== "lost" && end.t !== "ended") made.resolve(bytes);
      else made.reject(end.t === "failed" ? failure : new SealrunError("CANCELLED", ""));
    }
    const settled = await Promise.allSettled(acquiring);
    for (const one of settled) if (one.status === "fulfilled") held.push(one.value);
    if (failure !== undefined || end.t !== "done") throw failure;
    for (const one of settled) if (one.status === "rejected") throw one.reason;
    if (end.compiled) await publishBundle(join(folder, "bundles"), places.bundles, order.versionDigest);
    const [npm, pip] = ["npm-", "pip-"].map((kind) => keys.find((key) => key.startsWith(kind)));
    return { prepared: { hasNodeModules: end.hasNodeModules, npm, pip, isCompiled: end.compiled }, held };
  } catch (error) {
    for (const used of held) await used.release();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    await home.leave();
  }
}

function failureOf(end: PreparerEnd): Error | undefined {
  switch (end.t) {
    case "done":
      return undefined;
    case "failed":
      return new SealrunError(end.code, end.message, { cause: end.detail });
    case "ended":
      return end.error;
    case "lost":
      return new PreparerLost(end.error, end.how);
  }
}

/** Another process may have been faster: its result is the same. */
async function publishBundle(from: string, bundles: string, versionDigest: string): Promise<void> {
  const name = bundleName(versionDigest);
  await moveInto(join(from, name), join(bundles, name));
}

/**
 * Moves a folder that a preparer made to a place that is missing or empty. As root, it becomes root's own, which every user
 * may read. The preparer is gone, and links in what it left are not followed.
 */
async function moveInto(from: string, to: string): Promise<void> {
  if (!(await lstat(from)).isDirectory()) throw new SealrunError("INTERNAL", "");
  if (process.getuid?.() === 0) {
    const plain = { env: { PATH: "/usr/bin:/bin" }, stdio: "ignore" } as const;
    await startProgram("chown", ["-hR", "0:0", "--", from], plain);
    await startProgram("chmod", ["-R", "a+rX,go-w", "--", from], plain);
  }
  await mkdir(to, { recursive: true, mode: 0o755 });
  try {
    await rename(from, to);
  } catch (error) {
    const code = errorCodeOf(error);
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    await removeFolder(from);
  }
}
