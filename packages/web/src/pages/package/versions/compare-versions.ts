import type { VersionFile } from "@sealrun/protocol";

/** What happened to a file between two versions. */
export interface FileChange {
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  /** Bytes before and after; undefined where there is no file. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** The files that differ, by path, and how many are the same. Digests decide. */
export function compareVersions(
  before: readonly VersionFile[],
  after: readonly VersionFile[],
): { readonly changes: readonly FileChange[]; readonly same: number } {
  const old = new Map(before.map((file) => [file.path, file]));
  const now = new Map(after.map((file) => [file.path, file]));
  const changes = [...new Set([...old.keys(), ...now.keys()])].flatMap((path): readonly FileChange[] => {
    const [was, is] = [old.get(path), now.get(path)];
    if (was !== undefined && is !== undefined && was.sha256 === is.sha256) return [];
    const kind = was === undefined ? "added" : is === undefined ? "removed" : "changed";
    return [{ path, kind, before: was?.size, after: is?.size }];
  });
  return {
    changes: changes.toSorted((left, right) => (left.path < right.path ? -1 : 1)),
    same: after.filter(({ path, sha256 }) => old.get(path)?.sha256 === sha256).length,
  };
}
