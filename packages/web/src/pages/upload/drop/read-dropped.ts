import { type FileToPush, type PackageContent, takePaths } from "@sealrun/client";
import { checkPackageFiles, limits, SealrunError, showBytes, stripTopFolder } from "@sealrun/protocol";
import type { Dropped, DroppedFile } from "./dropped-file.ts";

/** A dropped package with the content of all files. Its secrets.json contains values: it is wiped after it is sealed. */
export interface ReadPackage extends PackageContent {
  /** The folder's or zip's name; undefined for loose files. */
  readonly folder: string | undefined;
  /** Paths that are left out although a user might expect them. */
  readonly skipped: readonly string[];
}

const secretsName = "secrets.json";

/** Opens a zip that was dropped by itself; a zip among other files stays a file. */
export async function openDropped(files: readonly DroppedFile[]): Promise<Dropped> {
  const [only, ...others] = files;
  if (only === undefined || others.length > 0 || !/^[^/]+\.zip$/i.test(only.path)) return { files };
  if (only.size > limits.zipBytes) {
    const max = showBytes(limits.zipBytes);
    throw new SealrunError(
      "PACKAGE_INVALID",
      `Expected a zip of at most ${max}; leave out files that the scripts do not read`,
    );
  }
  const { readZip } = await import("./read-zip.ts");
  return { files: await readZip(await only.read()), zipName: only.path.replace(/\.zip$/i, "") };
}

/**
 * Reads the dropped files, secrets.json separately. Paths, kinds and sizes are checked before any content is read, with
 * the rules of `sealrun push`; throws for the first broken rule: `PACKAGE_INVALID`, `VALUE_TOO_LARGE`.
 */
export async function readDropped({ files: given, zipName }: Dropped): Promise<ReadPackage> {
  const { folder, files } = stripTopFolder(given);
  const { taken, skipped } = takePaths(files.map(({ path }) => path));
  const wanted = new Set(taken);
  const entries = files.filter(({ path, kind }) => kind !== "folder" && wanted.has(path));
  const sorted = entries.toSorted((left, right) => (left.path < right.path ? -1 : 1));
  const secrets = sorted.filter(({ path, kind }) => path === secretsName && kind === "file");
  if (secrets.length > 1) throw new SealrunError("PACKAGE_INVALID", `"${secretsName}": found twice; keep one of them`);
  const others = sorted.filter((entry) => !secrets.includes(entry));
  checkPackageFiles(others);
  return {
    folder: folder ?? zipName,
    skipped,
    files: await readAll(others),
    secretsFile: await readSecrets(secrets[0]),
  };
}

async function readAll(entries: readonly DroppedFile[]): Promise<ReadPackage["files"]> {
  const files: FileToPush[] = [];
  for (const { path, read, executable } of entries) files.push({ path, bytes: await read(), executable });
  return files;
}

async function readSecrets(entry: DroppedFile | undefined): Promise<Uint8Array | undefined> {
  if (entry === undefined) return undefined;
  if (entry.size <= limits.secretsFileBytes) return entry.read();
  const max = showBytes(limits.secretsFileBytes);
  throw new SealrunError("VALUE_TOO_LARGE", `${secretsName}: expected at most ${max}, found ${entry.size} bytes`);
}
