import { createHash } from "node:crypto";
import {
  checkPackageFiles,
  encodeFileList,
  isScript,
  parseConfigFile,
  parseManifest,
  parsePushedParametersFile,
  planSteps,
  requireScript,
  SealrunError,
  showName,
  type VersionFile,
} from "@sealrun/protocol";
import type { CheckedVersion, UploadedFile } from "../packages/checked-version.ts";

/**
 * Checks paths, documents and steps of an upload. Fails with `PACKAGE_INVALID` and the codes of the documents; each
 * names the place.
 */
export function checkUpload(files: readonly UploadedFile[]): CheckedVersion {
  checkPackageFiles(files.map(({ path, bytes }) => ({ path, size: bytes.length, kind: "file" })));
  requireScript(files);
  const paths = files.map(({ path }) => path);
  const read = <T>(path: string, parse: (bytes: Uint8Array) => T): T | undefined => {
    const file = files.find((candidate) => candidate.path === path);
    return file === undefined ? undefined : parse(file.bytes);
  };
  const manifest = read("manifest.json", (bytes) => parseManifest(bytes, paths.filter(isScript)));
  return {
    files,
    manifest,
    config: read("config.json", parseConfigFile) ?? {},
    parameters: read("parameters.json", parsePushedParametersFile),
    steps: planSteps(manifest, paths),
    digest: digestVersion(files),
  };
}

/** Refuses files that differ from the announced list in path, order or bytes. `PACKAGE_INVALID` names the first. */
export function checkAnnounced(files: readonly UploadedFile[], announced: readonly VersionFile[]): void {
  for (const [index, wanted] of announced.entries()) {
    const file = files[index];
    if (file === undefined) throw invalid(`${showName(wanted.path)} was announced but not sent; send it`);
    if (file.path !== wanted.path) {
      throw invalid(
        `${showName(file.path)} was sent where ${showName(wanted.path)} was announced; send the files in the announced order`,
      );
    }
    if (file.sha256 !== wanted.sha256 || file.bytes.length !== wanted.size) {
      throw invalid(`${showName(file.path)} differs from what was announced: it changed during the push; push again`);
    }
  }
  const extra = files[announced.length];
  if (extra !== undefined) throw invalid(`${showName(extra.path)} was sent but not announced`);
}

/** SHA-256 in hex of the list of files: it identifies the version, and executors check their list against it. */
function digestVersion(files: readonly UploadedFile[]): string {
  const list = files.map(({ path, sha256, bytes, executable }) => ({ path, sha256, size: bytes.length, executable }));
  return createHash("sha256").update(encodeFileList(list)).digest("hex");
}

function invalid(sentence: string): SealrunError {
  return new SealrunError("PACKAGE_INVALID", sentence);
}
