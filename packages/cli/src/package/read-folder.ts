import { constants } from "node:fs";
import { lstat, open, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { bringsModules, type FileToPush, judgePath } from "@sealrun/client";
import { checkPackageFiles, limits, type PackageFile, SealrunError, showBytes, showName } from "@sealrun/protocol";
import { fileProblem } from "../files/read-file.ts";

/** The content of a package's folder. */
export interface PackageFolder {
  /** In the order in which scripts run: by path. */
  readonly files: readonly FileToPush[];
  readonly secretsFile: Uint8Array | undefined;
  /** Paths that were left out although a person might expect them. */
  readonly skipped: readonly string[];
}

/**
 * Reads a folder that is to become a package, with secrets.json apart. Paths, kinds and sizes are checked before any
 * content is read: `PACKAGE_INVALID`, `VALUE_TOO_LARGE`, `FILE_NOT_FOUND`.
 */
export async function readPackageFolder(folder: string): Promise<PackageFolder> {
  await requireFolder(folder);
  const walk: Walk = { entries: [], skipped: [], isVendored: await hasVendoredModules(folder) };
  await walkFolder(folder, "", walk);
  walk.entries.sort((left, right) => (left.path < right.path ? -1 : 1));
  const secrets = walk.entries.find(({ path }) => path === "secrets.json");
  if (secrets !== undefined) checkSecretsEntry(secrets);
  const files = walk.entries.filter((entry) => entry !== secrets);
  checkPackageFiles(files);
  return {
    files: await readAll(folder, files),
    secretsFile: secrets === undefined ? undefined : await readEntry(folder, secrets.path),
    skipped: walk.skipped,
  };
}

interface Walk {
  readonly entries: PackageFile[];
  readonly skipped: string[];
  /** True when the folder's `node_modules` is part of the package. */
  readonly isVendored: boolean;
}

async function hasVendoredModules(folder: string): Promise<boolean> {
  return bringsModules(await readdir(folder).catch(() => []));
}

async function requireFolder(folder: string): Promise<void> {
  try {
    if ((await stat(folder)).isDirectory()) return;
  } catch (error) {
    throw fileProblem(folder, error);
  }
  throw new SealrunError("FILE_NOT_FOUND", `${showName(folder)} is not a folder; expected the folder of a package`);
}

async function walkFolder(folder: string, inside: string, walk: Walk): Promise<void> {
  let names: string[];
  try {
    names = await readdir(join(folder, inside));
  } catch (error) {
    throw fileProblem(join(folder, inside), error);
  }
  for (const name of names) {
    const path = inside === "" ? name : `${inside}/${name}`;
    const fate = judgePath(path, walk.isVendored);
    if (fate === "report") walk.skipped.push(path);
    if (fate !== "take") continue;
    const entry = await describe(folder, path);
    if (entry.kind === "folder") await walkFolder(folder, path, walk);
    else walk.entries.push(entry);
    // The exact limit is checked later; this only ends a walk through a whole disk.
    if (walk.entries.length > limits.packageFiles) return;
  }
}

async function describe(folder: string, path: string): Promise<PackageFile> {
  try {
    const found = await lstat(join(folder, path));
    if (found.isSymbolicLink()) return { path, size: 0, kind: "link" };
    if (found.isDirectory()) return { path, size: 0, kind: "folder" };
    const kind = found.isFile() ? "file" : "device";
    return { path, size: found.size, kind, executable: (found.mode & constants.S_IXUSR) !== 0 };
  } catch (error) {
    throw fileProblem(join(folder, path), error);
  }
}

function checkSecretsEntry({ kind, size }: PackageFile): void {
  if (kind !== "file")
    throw new SealrunError(
      "PACKAGE_INVALID",
      `"secrets.json": expected a file, this is a ${kind}; put the file itself there`,
    );
  if (size <= limits.secretsFileBytes) return;
  const max = showBytes(limits.secretsFileBytes);
  throw new SealrunError("VALUE_TOO_LARGE", `secrets.json: expected at most ${max}, found ${size} bytes`);
}

async function readAll(folder: string, entries: readonly PackageFile[]): Promise<PackageFolder["files"]> {
  const files: FileToPush[] = [];
  for (const { path, executable } of entries) files.push({ path, bytes: await readEntry(folder, path), executable });
  return files;
}

/** A file that was replaced by a link after the check is refused instead of followed. */
async function readEntry(folder: string, path: string): Promise<Uint8Array> {
  try {
    const file = await open(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileProblem(join(basename(folder), path), error);
  }
}
