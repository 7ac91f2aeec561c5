import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WorkerSettings } from "../between/worker-settings.ts";

/**
 * Everything of the host that a worker or a preparer reads besides the system: its program, what it shows to scripts, and
 * `more`.
 */
export function workerMounts(
  settings: Pick<WorkerSettings, "runtime" | "sandbox">,
  program: string,
  more: readonly string[] = [],
): readonly string[] {
  const { runtime, sandbox } = settings;
  const all = [
    ...programFolders(program),
    ...(sandbox.kind === "none" ? [] : [sandbox.program, ...slirpFiles(sandbox.slirp4netns)]),
    process.execPath,
    runtime.node,
    runtime.sdk,
    runtime.pythonSdk,
    runtime.bootstrap,
    runtime.shellHelper,
    ...(runtime.python?.mounts ?? []).map(({ hostPath }) => hostPath),
    ...more,
  ];
  const hidden = sandbox.kind === "none" ? [] : sandbox.hidden;
  const isBelow = (path: string) => (folder: string) => path.startsWith(`${folder}/`);
  // `/usr` is shown as a whole, and what is below a folder of this list with it.
  const outside = [...new Set(all)].filter((path) => !isBelow(path)("/usr") || hidden.some(isBelow(path)));
  return outside.filter((path) => !outside.some(isBelow(path)));
}

/** slirp4netns and, where it was fetched for sealrun, the libraries that came with it. */
function slirpFiles(program: string | undefined): readonly string[] {
  if (program === undefined) return [];
  const libraries = join(dirname(program), "../lib");
  return program.startsWith("/usr/") || !existsSync(libraries) ? [program] : [program, libraries];
}

/**
 * The built worker is one file in the package of the executor, which names its kind of modules, and loads jq beside it.
 * A source file reads other packages' sources and what npm installed at the top of the repository.
 */
function programFolders(program: string): readonly string[] {
  const own = fileURLToPath(new URL("../..", import.meta.url));
  if (program.endsWith(".ts")) return [dirname(program), dirname(own)];
  return [dirname(program), own.replace(/\/$/, ""), packageOf(fileURLToPath(import.meta.resolve("jq-wasm")))];
}

function packageOf(file: string): string {
  const [before = "", ...rest] = file.split("/node_modules/");
  const last = rest.at(-1) ?? "";
  return [before, ...rest.slice(0, -1), last.split("/", 1)[0] ?? ""].join("/node_modules/");
}
