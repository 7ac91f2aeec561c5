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
    if (was !== undefined && is !== undefined && isSame(was, is)) return [];
    const kind = was === undefined ? "added" : is === undefined ? "removed" : "changed";
    return [{ path, kind, before: was?.size, after: is?.size }];
  });
  return {
    changes: changes.toSorted((left, right) => (left.path < right.path ? -1 : 1)),
    same: after.filter((file) => isSame(old.get(file.path), file)).length,
  };
}

/** Of files with one path. */
function isSame(was: VersionFile | undefined, is: VersionFile): boolean {
  return was?.sha256 === is.sha256 && (was.executable === true) === (is.executable === true);
}
