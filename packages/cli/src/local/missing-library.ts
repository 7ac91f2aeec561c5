import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { errorCodeOf, hasPathNames, packageOf } from "@sealrun/protocol";

/**
 * The library that an import of the package's own code did not find; undefined for another error, for a file of the
 * package, and for an import inside an installed library.
 */
export function missingLibrary(error: unknown, specifier: string, importer: string | undefined): string | undefined {
  const code = errorCodeOf(error);
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") return undefined;
  if (isBuiltin(specifier) || importer?.includes("/node_modules/") === true) return undefined;
  return packageOf(specifier);
}

/** What is missing, which file imports it, and how to install it. */
export function describeMissing(library: string, folder: string, importer: string | undefined): string {
  const file = importer?.startsWith("file:") === true ? relative(folder, fileURLToPath(importer)) : "a script";
  const isListed = isLocked(library, folder);
  if (!isListed && mayNameFiles(folder)) {
    return `${file} imports ${library}, which is not installed; sealrun local does not follow the paths of tsconfig.json, a run does: for a file of the package import its relative path`;
  }
  return `${file} imports ${library}, which is not installed; in the package's folder run: ${isListed ? "npm ci" : `npm install ${library}`}`;
}

/** True when a bare name may stand for a file of the package. */
function mayNameFiles(folder: string): boolean {
  const settings = join(folder, "tsconfig.json");
  return existsSync(settings) && hasPathNames(readFileSync(settings, "utf8"));
}

function isLocked(library: string, folder: string): boolean {
  const lock = join(folder, "package-lock.json");
  return existsSync(lock) && readFileSync(lock, "utf8").includes(`"node_modules/${library}"`);
}
