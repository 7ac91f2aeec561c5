import { foundNames, type FoundNames, renamed, type RenamedTo } from "@sealrun/protocol";
import { queryOf } from "../connection/query.ts";
import type { Ask } from "../connection/request.ts";

/** What to look for. */
export interface NameSearch {
  /** A part of a name in any case; of a package also of `project/package`. Empty finds all projects and packages. */
  readonly text: string;
  /** What belongs to this project comes first. */
  readonly near?: string | undefined;
  readonly archived?: boolean | undefined;
  /** At most this many of each kind: 10 unless given, 50 at most. */
  readonly limit?: number | undefined;
}

/** Names over all projects. */
export interface Find {
  /** Projects, packages and secrets by a part of their name, the best match first. */
  findNames(search: NameSearch, signal?: AbortSignal): Promise<FoundNames>;
  /** What a project, or a package of it, is called today by an earlier name; undefined when nothing had the name. */
  findRenamed(earlier: {
    readonly project: string;
    readonly package?: string | undefined;
  }): Promise<RenamedTo | undefined>;
}

/** The calls that find names. */
export function createFind(ask: Ask): Find {
  return {
    findNames: async ({ text, near, archived, limit }, signal) => {
      const query = queryOf({ text, near, archived: archived === true ? "true" : undefined, limit });
      return ask(foundNames, { method: "GET", path: `/find${query}`, ...(signal === undefined ? {} : { signal }) });
    },
    findRenamed: async (earlier) =>
      (await ask(renamed, { method: "GET", path: `/renamed${queryOf({ ...earlier })}` })).renamed ?? undefined,
  };
}
