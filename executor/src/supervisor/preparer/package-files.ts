import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fromBase64, newId } from "@sealrun/crypto";
import { decode, type FileList, fileList, SealrunError } from "@sealrun/protocol";
import type { Attempt } from "../../between/attempt.ts";
import { makeReadableFolder } from "../../workspace/readable-folder.ts";
import { fetchWhole } from "../../between/fetch-whole.ts";

/** What fetching needs of an attempt. */
export type FetchingAttempt = Pick<Attempt, "event" | "rpc">;

/** Fetches each file of a package version once, and keeps it by its digest. */
export interface PackageFiles {
  /** Fetches what is missing of the attempt's version; returns its list. The files have their digests as names. */
  fetch(attempt: FetchingAttempt): Promise<FileList>;
}

/** How many fetched lists of files are kept in memory: those in events cost nothing. */
const keptLists = 32;
/** How many files are known to be whole without reading them again. */
const keptMarks = 100_000;

/**
 * A cache below `folder`. A file whose bytes no longer match its name is fetched again: it is read when it is new to this
 * process, and when it was changed.
 */
export async function openPackageFiles(folder: string): Promise<PackageFiles> {
  await makeReadableFolder(folder);
  const whole = new Map<string, string>();
  const lists = new Map<string, FileList>();

  const ensure = async (attempt: FetchingAttempt, sha256: string): Promise<void> => {
    const path = join(folder, sha256);
    const present = await markOf(path);
    if (present !== undefined && whole.get(sha256) === present) return;
    if (present === undefined || (await digestOf(path)) !== sha256) await fetchInto(path, attempt, sha256);
    // Also what an earlier version wrote, and whatever the umask.
    await chmod(path, 0o644);
    const mark = await markOf(path);
    if (mark !== undefined) remember(whole, sha256, mark, keptMarks);
  };
  /** The list in the event, or the fetched one, which must have the digest that the signed event names. */
  const listOf = async (attempt: FetchingAttempt): Promise<FileList> => {
    const { files, version } = attempt.event;
    if (files !== undefined) return files;
    const known = lists.get(version.digest);
    if (known !== undefined) return known;
    const fetched = decode(fileList, await fetchWhole(attempt, { kind: "file-list" }, version.digest));
    remember(lists, version.digest, fetched, keptLists);
    return fetched;
  };
  return {
    fetch: async (attempt) => {
      const list = await listOf(attempt);
      for (const { sha256 } of list) await ensure(attempt, sha256);
      return list;
    },
  };
}

/** Says which file this is and when it was changed last; undefined when there is none. */
async function markOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : `${found.ino} ${found.size} ${found.ctimeNs}`;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Fetches a file in parts, so that few of its bytes are in memory. What does not have the digest is refused as `TAMPERED`. */
async function fetchInto(path: string, { rpc }: FetchingAttempt, sha256: string): Promise<void> {
  const fresh = `${path}.${newId("request")}`;
  try {
    const handle = await open(fresh, "wx", 0o600);
    const hash = createHash("sha256");
    try {
      for (let offset = 0, size = 1; offset < size;) {
        const reply = await rpc.fetch({ what: { kind: "file", sha256 }, offset });
        const bytes = fromBase64(reply.bytes);
        size = reply.size;
        offset += bytes.length;
        if (bytes.length === 0 && offset < size) throw new SealrunError("BAD_FORMAT", "A fetched part was empty");
        hash.update(bytes);
        await handle.writeFile(bytes);
      }
    } finally {
      await handle.close();
    }
    if (hash.digest("hex") !== sha256) {
      throw new SealrunError("TAMPERED", "A fetched file does not have the digest in the signed list of files");
    }
    await rename(fresh, path);
  } catch (error) {
    // On a full disk, an incomplete file would keep the disk full.
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Puts an entry last, and drops the first one when there are too many. */
function remember<T>(map: Map<string, T>, key: string, value: T, max: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > max && oldest !== undefined) map.delete(oldest);
}
