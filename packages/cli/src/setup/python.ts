import { randomUUID } from "node:crypto";
import { mkdir, readdir, realpath, rename, writeFile } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { SealrunError } from "@sealrun/protocol";
import type { PackageFetcher } from "./fetch-package.ts";
import { type Environment, findOnPath, isExecutable } from "./find-on-path.ts";
import { runProgram } from "./run-program.ts";
import { type ReadOnlyMount, runInSandbox } from "./sandbox.ts";

/** A Python 3 that has run inside the sandbox: `interpreter` is its path there; its mounts and variables are needed. */
export interface Python {
  readonly interpreter: string;
  readonly mounts: readonly ReadOnlyMount[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface PythonOptions {
  readonly bwrap: string;
  readonly environment: Environment;
  readonly packages: PackageFetcher;
  readonly signal?: AbortSignal | undefined;
}

const sandboxHome = "/opt/python";

/** The Python of PATH, else the system's, else a fetched one; each is used only after a probe inside the sandbox. */
export async function findPython(options: PythonOptions): Promise<Python> {
  const installed = (await pythonOnPath(options)) ?? (await systemPython(options));
  return installed ?? fetchPython(options);
}

/** How to start Python outside the sandbox. */
export interface HostPython {
  readonly interpreter: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The `python3` of PATH, else a fetched one, for a script that runs as the user's own program. */
export async function findHostPython(options: Omit<PythonOptions, "bwrap">): Promise<HostPython> {
  const installed = await findOnPath("python3", options.environment);
  if (installed !== undefined) return { interpreter: installed, environment: {} };
  const folder = await fetchedPython(options);
  return { interpreter: join(folder, "usr/bin", await interpreterIn(folder)), environment: librariesBelow(folder) };
}

/** The Python that Debian packages, unpacked into the cache and shown in the sandbox at `/opt/python`. */
async function fetchPython(options: PythonOptions): Promise<Python> {
  const folder = await fetchedPython(options);
  const python = await wrapPython(folder);
  if (await worksInSandbox(python, options)) return python;
  throw new SealrunError(
    "PROGRAM_MISSING",
    `The Python in ${folder} does not run in the sandbox; install the package python3`,
  );
}

/**
 * An unpacked Python as scripts see it. A wrapper program starts it and says where its libraries are, so that a script
 * can start it again: the script's environment does not have LD_LIBRARY_PATH.
 */
export async function wrapPython(folder: string): Promise<Python> {
  const { LD_LIBRARY_PATH: libraries } = librariesBelow(sandboxHome);
  const interpreter = `${sandboxHome}/usr/bin/${await interpreterIn(folder)}`;
  const wrapper = join(folder, "bin", "python3");
  const draft = `${wrapper}.${randomUUID()}`;
  await mkdir(join(folder, "bin"), { recursive: true });
  await writeFile(draft, `#!/bin/sh\nLD_LIBRARY_PATH=${libraries} exec ${interpreter} "$@"\n`, { mode: 0o755 });
  await rename(draft, wrapper);
  const mounts = [{ hostPath: folder, sandboxPath: sandboxHome }];
  return { interpreter: `${sandboxHome}/bin/python3`, mounts, environment: {} };
}

async function fetchedPython({ packages }: Pick<PythonOptions, "packages">): Promise<string> {
  return (await packages.cached("python3")) ?? packages.fetch("python3");
}

async function interpreterIn(folder: string): Promise<string> {
  return (await readdir(join(folder, "usr/bin"))).find((file) => /^python3\.\d+$/.test(file)) ?? "python3";
}

function librariesBelow(root: string): { readonly LD_LIBRARY_PATH: string } {
  const folders = ["usr/lib", "lib"].map((path) => `${root}/${path}/${debianTriplet()}`);
  return { LD_LIBRARY_PATH: folders.join(":") };
}

/**
 * Asks the interpreter for its real path: a version manager's `python3` is a shell script that would fail in the
 * sandbox, and a virtual environment's is a link out of it.
 */
async function pythonOnPath(options: PythonOptions): Promise<Python | undefined> {
  const command = await findOnPath("python3", options.environment);
  if (command === undefined) return undefined;
  const asked = await runProgram(
    command,
    ["-I", "-c", "import sys; print(sys.base_prefix); print('%d.%d' % sys.version_info[:2])"],
    { environment: versionManagerVariables(options.environment), signal: options.signal },
  );
  const [prefix, version] = asked.stdout.split("\n");
  if (!asked.ok || !prefix?.startsWith("/") || version === undefined || !/^3\.\d+$/.test(version)) return undefined;
  const interpreter = join(prefix, "bin", `python${version}`);
  if (!(await isExecutable(interpreter)) || exposesHome(prefix, options.environment["HOME"])) return undefined;
  const mounts = isWithin(prefix, "/usr") ? [] : [{ hostPath: await realpath(prefix), sandboxPath: prefix }];
  const python = { interpreter, mounts, environment: {} };
  return (await worksInSandbox(python, options)) ? python : undefined;
}

async function systemPython(options: PythonOptions): Promise<Python | undefined> {
  const python = { interpreter: "/usr/bin/python3", mounts: [], environment: {} };
  return (await worksInSandbox(python, options)) ? python : undefined;
}

async function worksInSandbox(python: Python, options: PythonOptions): Promise<boolean> {
  const probe = [python.interpreter, "-c", "import json, ssl, sys, threading; sys.exit(sys.version_info < (3, 9))"];
  const trial = { mounts: python.mounts, environment: python.environment, signal: options.signal };
  return (await runInSandbox(options.bwrap, probe, trial)).ok;
}

/** A prefix that is the home folder, or contains it, would show the user's files to every script. */
function exposesHome(prefix: string, home: string | undefined): boolean {
  const path = resolve(prefix);
  return path === "/" || (home !== undefined && (isWithin(home, path) || path === join(home, ".local")));
}

function isWithin(path: string, folder: string): boolean {
  const [inner, outer] = [resolve(path), resolve(folder)];
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

/** What a version manager's shim needs to find its versions; nothing else of the user's environment. */
function versionManagerVariables(environment: Environment): Record<string, string> {
  const names = ["PATH", "HOME", "PYENV_ROOT", "PYENV_VERSION", "ASDF_DATA_DIR", "ASDF_DIR"];
  const set = names.map((name) => [name, environment[name]] as const);
  return Object.fromEntries(set.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

function debianTriplet(): string {
  return `${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
}
