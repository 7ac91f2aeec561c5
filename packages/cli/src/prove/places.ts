import { realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";
import { errorCodeOf, SealrunError, showName } from "@sealrun/protocol";
import type { DataFolder } from "../dev/data-folder.ts";

/** Files and folders of one kind. */
export interface Place {
  readonly kind: string;
  readonly paths: readonly string[];
  /** The control must be found in it, or its search proves nothing. */
  readonly needsControl: boolean;
}

/** Where the parts and servers of an installation keep their files, as the one who runs them says. */
export interface NamedPlaces {
  /** Data folders of PostgreSQL. */
  readonly postgres: readonly string[];
  /** Folders in which NATS stores its streams. */
  readonly nats: readonly string[];
  /** Log files, or folders of them. */
  readonly logs: readonly string[];
  /** Folders of executors: work, cache and state. */
  readonly executor: readonly string[];
  /** Any other folders or files. */
  readonly other: readonly string[];
}

/** The places of a `sealrun dev`. */
export function placesOfDev(folder: DataFolder, other: readonly string[]): NamedPlaces {
  return {
    postgres: [join(folder.root, "postgres")],
    nats: [join(folder.root, "nats")],
    logs: [folder.logs],
    executor: [folder.part("executor")],
    other: [folder.root, ...other],
  };
}

/** Folders of temporary files; not every machine has each. */
const temporaryFolders: readonly string[] = [tmpdir(), "/tmp", "/var/tmp", "/dev/shm"];

/** The places to search, with those that every machine has. `CONFIG_INVALID` for a path that does not exist. */
export async function findPlaces(named: NamedPlaces): Promise<readonly Place[]> {
  const kinds = [
    ["PostgreSQL's files", named.postgres, true],
    ["NATS's files", named.nats, true],
    ["logs", named.logs, true],
    ["the executor's files", named.executor, true],
    ["other files", named.other, false],
  ] as const;
  const places: Place[] = [];
  for (const [kind, paths, needsControl] of kinds) {
    if (paths.length > 0) places.push({ kind, paths: await Promise.all(paths.map(findPath)), needsControl });
  }
  const temporary = await Promise.all(temporaryFolders.map(async (path) => realpath(path).catch(() => [])));
  return [...places, { kind: "temporary files", paths: [...new Set(temporary.flat())], needsControl: true }];
}

/** The kind of a file: that of the most exact path that holds it; undefined when none does. */
export function kindOf(places: readonly Place[], file: string): string | undefined {
  const holding = places.flatMap(({ kind, paths }) =>
    paths
      .map((path) => resolve(path))
      .filter((path) => file === path || file.startsWith(path === sep ? path : `${path}${sep}`))
      .map((path) => ({ kind, length: path.length })),
  );
  return holding.toSorted((a, b) => b.length - a.length)[0]?.kind;
}

/** The path without links, which a search does not follow. */
async function findPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = errorCodeOf(error) ?? "it failed";
    const reason = code === "ENOENT" ? "it does not exist" : `it cannot be read (${code})`;
    throw new SealrunError("CONFIG_INVALID", `${showName(path)}: expected a folder or file to search; ${reason}`);
  }
}
