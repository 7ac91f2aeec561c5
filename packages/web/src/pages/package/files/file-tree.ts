import type { VersionFile } from "@sealrun/protocol";

/** A folder with its content, folders first, or a file. */
export type TreeNode =
  | { readonly kind: "folder"; readonly name: string; readonly path: string; readonly children: readonly TreeNode[] }
  | { readonly kind: "file"; readonly name: string; readonly path: string; readonly size: number };

/** The files of a version as folders inside each other. */
export function buildTree(files: readonly VersionFile[], inside = ""): readonly TreeNode[] {
  const folders = new Map<string, VersionFile[]>();
  const own: TreeNode[] = [];
  for (const file of files) {
    const rest = file.path.slice(inside.length);
    const slash = rest.indexOf("/");
    if (slash === -1) {
      own.push({ kind: "file", name: rest, path: file.path, size: file.size });
      continue;
    }
    const name = rest.slice(0, slash);
    const known = folders.get(name);
    if (known === undefined) folders.set(name, [file]);
    else known.push(file);
  }
  const inner = [...folders].map(([name, content]): TreeNode => ({
    kind: "folder",
    name,
    path: `${inside}${name}`,
    children: buildTree(content, `${inside}${name}/`),
  }));
  return [...inner.toSorted(byName), ...own.toSorted(byName)];
}

/** The folders that a file is in, the outermost first. */
export function foldersOf(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** The file to open: the one in the address, otherwise the first script that runs, otherwise the first file. */
export function fileToOpen(
  asked: string | undefined,
  version: { readonly files: readonly VersionFile[]; readonly steps: readonly string[] },
): string | undefined {
  const has = (path: string | undefined): boolean => version.files.some((file) => file.path === path);
  return [asked, version.steps[0], version.files[0]?.path].find(has);
}

function byName(left: TreeNode, right: TreeNode): number {
  return left.name < right.name ? -1 : 1;
}
