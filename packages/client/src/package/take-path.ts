import { isCredentialFile, isLocalFile } from "@sealrun/protocol";

/** Never part of a package, and left out without a message. */
const silentNames =
  /^(?:\.git|\.hg|\.svn|__pycache__|__MACOSX|\.DS_Store|\.sealrun|\.gitignore|\.gitattributes|sealrun-env\.d\.ts|.*\.pyc|.*\.swp)$/;
/** Too large: left out with a message, like files that often hold secrets. */
const reportedNames = /^(?:node_modules|\.venv)$/;
/** The executor installs what they list, so that a `node_modules` beside one is left out. */
const lockFiles = ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"];
/** In a vendored `node_modules`: links to programs, and npm's own files. */
const npmLeftovers = /^node_modules\/\.(?:bin|cache|package-lock\.json)$/;

/** What becomes of one file or folder: `skip` is left out in silence, `report` is left out and named to the person. */
export type PathFate = "take" | "skip" | "report";

/** True for a package with these top-level names when its `node_modules` is part of it. */
export function bringsModules(topNames: readonly string[]): boolean {
  return topNames.includes("node_modules") && !lockFiles.some((name) => topNames.includes(name));
}

/** What becomes of a path whose folder is taken; `isVendored` as `bringsModules` says. */
export function judgePath(path: string, isVendored: boolean): PathFate {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (silentNames.test(name) || npmLeftovers.test(path)) return "skip";
  const isModules = path === "node_modules" && isVendored;
  const isTooLarge = reportedNames.test(name) && !isModules && !isInModules(path);
  return isTooLarge || isCredentialFile(path) || isLocalFile(path) ? "report" : "take";
}

/** A vendored package may have its own vendored packages. */
function isInModules(path: string): boolean {
  return path.startsWith("node_modules/") && path.endsWith("/node_modules");
}

/** The paths that become a package, and those to report as left out: each folder once. */
export function takePaths(paths: readonly string[]): {
  readonly taken: readonly string[];
  readonly skipped: readonly string[];
} {
  const isVendored = bringsModules([...new Set(paths.map((path) => path.split("/", 1)[0] ?? ""))]);
  const skipped = new Set<string>();
  const taken = paths.filter((path) => {
    for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
      const own = end === -1 ? path : path.slice(0, end);
      const fate = judgePath(own, isVendored);
      if (fate === "report") skipped.add(own);
      if (fate !== "take") return false;
      if (end === -1) return true;
    }
  });
  return { taken, skipped: [...skipped] };
}
