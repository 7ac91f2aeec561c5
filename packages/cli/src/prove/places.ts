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

/** NATS removes a message when its run has ended: its files are searched during the run too. */
export const natsFiles = "NATS's files";
/** Other users have files there too, which need not be readable. */
export const temporaryFiles = "temporary files";

/** The places with these paths, one for each kind that has some. */
export function placesOf(named: NamedPlaces): readonly Place[] {
  const kinds = [
    ["PostgreSQL's files", named.postgres, true],
    [natsFiles, named.nats, true],
    ["logs", named.logs, true],
    ["the executor's files", named.executor, true],
    ["other files", named.other, false],
  ] as const;
  return kinds
    .filter(([, paths]) => paths.length > 0)
    .map(([kind, paths, needsControl]) => ({ kind, paths, needsControl }));
}

/** The kinds of places in which the control must be found. */
export function controlledKinds(places: readonly Place[]): readonly string[] {
  return places.filter(({ needsControl }) => needsControl).map(({ kind }) => kind);
}

/** The places to search, with those that every machine has. `CONFIG_INVALID` for a path that does not exist. */
export async function findPlaces(named: NamedPlaces): Promise<readonly Place[]> {
  const places: Place[] = [];
  for (const place of placesOf(named)) {
    places.push({ ...place, paths: await Promise.all(place.paths.map(findPath)) });
  }
  const temporary = await Promise.all(temporaryFolders.map(async (path) => realpath(path).catch(() => [])));
  return [...places, { kind: temporaryFiles, paths: [...new Set(temporary.flat())], needsControl: true }];
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
