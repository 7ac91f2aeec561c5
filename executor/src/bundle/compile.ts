import { SealrunError } from "@sealrun/protocol";
import { bundlePath } from "../child/command.ts";
import { socketsFrom3 } from "../child/running-script.ts";
import { isolationArguments } from "../child/sandbox.ts";
import { confine, filterArguments, leaveUnconfined } from "../child/seccomp/confine.ts";
import { machineFailure } from "../errno.ts";
import { firstError } from "./compiler-message.ts";
import { scopeOptions } from "./source-scope.ts";
import { startProgram } from "../child/start-program.ts";

/** Where one compilation runs. */
export interface Compiler {
  /** The program `bwrap`; undefined compiles without a sandbox, for `--unsafe-no-sandbox` only. */
  readonly bubblewrap: string | undefined;
  /** esbuild's native program: one file. */
  readonly esbuild: string;
}

/** Folders of one compilation, on the host. */
export interface CompileFolders {
  /** The package's files; read only. */
  readonly source: string;
  readonly output: string;
}

/** Long enough for a package at its size limit. */
const compileMs = 60_000;
/** Keeps each command line far below the kernel's limit. */
const filesPerCall = 200;

const bundleOptions = [
  "--bundle",
  "--platform=node",
  "--format=esm",
  "--target=node24",
  "--external:@sealrun/sdk",
  "--external:*.node",
  "--out-extension:.js=.mjs",
  "--sourcemap=linked",
  ...scopeOptions,
];

/**
 * Bundles each script into one file beside it, with a source map; `scopeSources` has to finish it. Throws `BUNDLE_FAILED` with
 * file, line, column and reason.
 */
export async function compileBundles(
  compiler: Compiler,
  place: CompileFolders & { readonly hasNodeModules: boolean },
  scripts: readonly string[],
) {
  const entries = scripts.map((script) => entryPoint(bundlePath(script), script));
  // Inside a bundle a package could not load its native parts, nor modules that it names at run time.
  const packages = place.hasNodeModules ? ["--packages=external"] : [];
  await compileAll(compiler, place, entries, [...bundleOptions, ...packages]);
}

/**
 * Removes the types from each file and keeps its name, for workers and forks; its source map is beside it. Throws like
 * `compileBundles`.
 */
export async function stripTypes(compiler: Compiler, folders: CompileFolders, files: readonly string[]) {
  for (const extension of [".ts", ".mts"]) {
    const same = files.filter((file) => file.endsWith(extension));
    const entries = same.map((file) => entryPoint(file, file));
    await compileAll(compiler, folders, entries, [
      "--platform=node",
      "--target=node24",
      "--sourcemap=external",
      `--out-extension:.js=${extension}`,
    ]);
  }
}

/** The folders as the compiler names them in source maps. */
export function compiledIn({ bubblewrap }: Compiler, folders: CompileFolders): CompileFolders {
  return bubblewrap === undefined ? folders : { source: "/work", output: "/out" };
}

async function compileAll(
  compiler: Compiler,
  folders: CompileFolders,
  entries: readonly string[],
  options: readonly string[],
): Promise<void> {
  for (let from = 0; from < entries.length; from += filesPerCall) {
    await callCompiler(compiler, folders, [...options, ...entries.slice(from, from + filesPerCall)]);
  }
}

async function callCompiler({ bubblewrap, esbuild }: Compiler, folders: CompileFolders, own: readonly string[]) {
  const common = ["--log-level=error", "--color=false", "--log-limit=1"];
  const [program, ...rest] =
    bubblewrap === undefined
      ? [esbuild, ...common, `--outdir=${folders.output}`, ...own]
      : [bubblewrap, ...sandbox(esbuild, folders), "/esbuild", ...common, "--outdir=/out", ...own];
  const subprocess = startProgram(program, rest, {
    env: {},
    cwd: bubblewrap === undefined ? folders.source : "/",
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    reject: false,
    timeout: compileMs,
    killSignal: "SIGKILL",
  });
  const [filterStream] = socketsFrom3(subprocess.stdio, 1);
  const admit = bubblewrap === undefined ? leaveUnconfined : confine;
  if (filterStream !== undefined) admit(subprocess.pid, filterStream);
  const result = await subprocess;
  if (!result.failed) return;
  if (result.timedOut) {
    throw new SealrunError(
      "BUNDLE_FAILED",
      `The package's TypeScript took longer than ${compileMs / 1000} s to compile`,
    );
  }
  const [firstLine = ""] = result.stderr.split("\n", 1);
  if (result.code !== undefined || firstLine.startsWith("bwrap: ")) {
    throw new SealrunError("SANDBOX_UNAVAILABLE", `The compiler could not be started (${result.code ?? firstLine})`);
  }
  const said = firstError(result.stderr);
  // The compiler gives no error number here. The output folder is the executor's, so that the package is not to blame.
  if (/^Failed to (?:write to output file|create output directory)/.test(said ?? "")) {
    const code = /no space left/.test(said ?? "") ? "ENOSPC" : /quota/.test(said ?? "") ? "EDQUOT" : "EIO";
    throw machineFailure(code, { what: "the compiler's output" }) ?? new SealrunError("MACHINE_FAILED", "");
  }
  // The result holds source lines, so it is not kept as the cause.
  throw new SealrunError("BUNDLE_FAILED", said ?? "The compiler ended without saying why");
}

/** Shows only the compiler, the package and the output: esbuild inlines any file that a script imports by path. */
function sandbox(esbuild: string, folders: CompileFolders): readonly string[] {
  return [
    isolationArguments,
    ["--unshare-net", ...filterArguments(3)],
    ["--ro-bind", esbuild, "/esbuild", "--ro-bind", folders.source, "/work", "--bind", folders.output, "/out"],
    ["--remount-ro", "/", "--chdir", "/work", "--"],
  ].flat();
}

/**
 * esbuild adds the extension to the output's name. The `./` keeps a file named like an option from being read as one.
 */
function entryPoint(output: string, input: string): string {
  return `./${output.replace(/\.[^.]*$/, "")}=./${input}`;
}
