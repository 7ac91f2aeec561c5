import { chmod, constants, copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder, makeOwnFolder } from "../child/own-folder.ts";
import { checkPath } from "./check-path.ts";
import { removeFolder } from "./remove-folder.ts";

/** One file for a workspace: from memory, or from a cache on this machine. A shell script is always executable. */
type WorkspaceFile = { readonly path: string; readonly executable?: boolean } & (
  | { readonly bytes: Uint8Array }
  | { readonly cachedPath: string }
);

/** A run's private folder on disk. */
export interface Workspace {
  /** The folder with the package's files: the script sees and may change it. */
  readonly folder: string;
  /** The folder around it, for the executor only. */
  readonly scratch: string;
  /** Adds files, such as bundles. Only before the first script starts: a script could have put a link in the way. */
  readonly add: (files: readonly WorkspaceFile[]) => Promise<void>;
  /** Removes everything, whatever modes the scripts have set. Call it when no process of the run is alive. */
  readonly remove: () => Promise<void>;
}

/** Where to make a workspace, and its files. */
export interface WorkspaceOptions {
  readonly root: string;
  readonly executionId: string;
  readonly attempt: number;
  readonly files: readonly WorkspaceFile[];
  /** An empty folder, and the one around it, that were made for this run already. */
  readonly place?: { readonly scratch: string; readonly folder: string } | undefined;
  /** Without a sandbox: the folder of `@sealrun/sdk`, which scripts then find through a link beside the package. */
  readonly linkedSdk?: string;
}

/** How many files are copied at once. */
const copyLanes = 16;

/**
 * Makes a workspace that only this user can enter. Throws `PACKAGE_INVALID` for a path that would leave it, and then
 * leaves nothing behind.
 */
export async function createWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  for (const { path } of options.files) checkPath(path);
  const scratch =
    options.place?.scratch ?? (await makeOwnFolder(options.root, `${options.executionId}-${options.attempt}`));
  const folder = options.place?.folder ?? join(scratch, "work");
  const remove = (): Promise<void> => removeFolder(scratch);
  try {
    if (options.place === undefined) await mkdir(folder, { mode: 0o700 });
    await writeFiles(folder, options.files);
    if (options.linkedSdk !== undefined) {
      await mkdir(join(scratch, "node_modules/@sealrun"), { recursive: true, mode: 0o700 });
      await symlink(options.linkedSdk, join(scratch, "node_modules/@sealrun/sdk"));
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    folder,
    scratch,
    add: (files) => writeFiles(folder, files),
    remove,
  };
}

async function writeFiles(folder: string, files: readonly WorkspaceFile[]): Promise<void> {
  for (const { path } of files) checkPath(path);
  for (const parent of new Set(files.map(({ path }) => dirname(path)))) {
    await makeFolder(join(folder, parent));
  }
  const waiting = [...files];
  const work = async (): Promise<void> => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) await copyIn(folder, file);
  };
  await Promise.all(Array.from({ length: copyLanes }, work));
}

async function copyIn(folder: string, file: WorkspaceFile): Promise<void> {
  const target = join(folder, file.path);
  if ("bytes" in file) await writeFile(target, file.bytes);
  else await copyFile(file.cachedPath, target, constants.COPYFILE_FICLONE);
  await chmod(target, file.executable === true || target.endsWith(".sh") ? 0o700 : 0o600);
}
