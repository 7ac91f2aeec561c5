import { basename, join } from "node:path";
import { limits, SealrunError } from "@sealrun/protocol";
import { machineFailure } from "../errno.ts";
import type { PythonRuntime } from "../child/layout.ts";
import { socketsFrom3 } from "../child/running-script.ts";
import type { Sandbox } from "../child/start/step-options.ts";
import { isolationArguments, systemArguments } from "../child/sandbox.ts";
import { confine, filterArguments, leaveUnconfined } from "../child/seccomp/confine.ts";
import { startProgram } from "../child/start-program.ts";

/** The programs of an install, on the host. */
export interface InstallPrograms {
  readonly sandbox: Sandbox;
  readonly node: string;
  /** The folder of the package `npm`. */
  readonly npm: string;
  readonly python: PythonRuntime | undefined;
  /** A wheel of pip, for a Python without pip. */
  readonly pipWheel: string | undefined;
}

/** Paths from the point of view of an install. */
export interface InstallPaths {
  /** The only folder that it may write to. */
  readonly folder: string;
  readonly node: string;
  readonly npm: string;
  readonly pipWheel: string | undefined;
}

/** One program of an install. */
export interface InstallCommand {
  /** The private folder on the host. */
  readonly folder: string;
  readonly command: (paths: InstallPaths) => readonly [string, ...string[]];
  readonly environment: (paths: InstallPaths) => Readonly<Record<string, string>>;
  /** False for an install from local files only. */
  readonly hasNetwork: boolean;
  readonly signal: AbortSignal;
}

/** How an install's program ended. */
export interface InstallEnd {
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

const keptOutputBytes = 1024 * 1024;
const insidePaths = { folder: "/install", node: "/opt/sealrun/bin/node", npm: "/opt/sealrun/npm" };

/**
 * Runs one program of an install in a sandbox like a script's. It sees the install's own folder and nothing of a run:
 * no channel, no secret, no workspace. Throws `CANCELLED`, `SANDBOX_UNAVAILABLE`, `INTERPRETER_MISSING`, and
 * `DEPENDENCIES_FAILED` when it takes too long.
 */
export async function runInstaller(programs: InstallPrograms, options: InstallCommand): Promise<InstallEnd> {
  const { sandbox } = programs;
  const isUnsafe = sandbox.kind === "none";
  const paths = isUnsafe ? hostPaths(programs, options.folder) : sandboxPaths(programs);
  const environment = { LANG: "C.UTF-8", ...options.environment(paths) };
  const command = options.command(paths);
  const [program, ...rest] = isUnsafe
    ? command
    : ([sandbox.program, "--args", "3", ...filterArguments(4), "--", ...command] as const);
  const subprocess = startProgram(program, rest, {
    // Bubblewrap runs outside the sandbox and gets no environment; a proxy's password must not be in its arguments
    // either.
    env: isUnsafe ? environment : {},
    cwd: isUnsafe ? options.folder : "/",
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    maxBuffer: keptOutputBytes,
    reject: false,
    timeout: limits.dependenciesMs,
    cancelSignal: options.signal,
    killSignal: "SIGKILL",
    detached: isUnsafe,
  });
  const [argumentStream, filterStream] = socketsFrom3(subprocess.stdio, 2);
  const admit = isUnsafe ? leaveUnconfined : confine;
  if (filterStream !== undefined) admit(subprocess.pid, filterStream);
  argumentStream?.end(isUnsafe ? "" : sandboxText(programs, sandbox, { ...options, environment }));
  const result = await subprocess;
  if (isUnsafe && subprocess.pid !== undefined) endGroup(subprocess.pid);
  if (options.signal.aborted)
    throw new SealrunError("CANCELLED", "The install of dependencies was ended with its attempt");
  if (result.timedOut) {
    throw new SealrunError(
      "DEPENDENCIES_FAILED",
      `The install of dependencies took longer than ${limits.dependenciesMs / 60_000} minutes and was ended`,
    );
  }
  const stderr = textOf(result.stderr);
  const ofMachine = machineFailure(result.code, { what: "the install of dependencies" });
  if (ofMachine !== undefined) throw ofMachine;
  if (stderr.startsWith("bwrap: execvp ")) {
    throw new SealrunError(
      "INTERPRETER_MISSING",
      `A program of the install is not on this machine (${stderr.split("\n", 1)[0]})`,
    );
  }
  if (result.code === "ENOENT" || result.code === "EACCES" || stderr.startsWith("bwrap: ")) {
    throw new SealrunError(
      "SANDBOX_UNAVAILABLE",
      `The install of dependencies could not be started (${result.code ?? stderr.split("\n", 1)[0]})`,
    );
  }
  return { succeeded: !result.failed, stdout: textOf(result.stdout), stderr };
}

function sandboxPaths({ pipWheel }: InstallPrograms): InstallPaths {
  return {
    ...insidePaths,
    // pip finds itself only in a file with the name of a wheel.
    pipWheel: pipWheel === undefined ? undefined : `/opt/sealrun/pip/${basename(pipWheel)}`,
  };
}

function hostPaths({ node, npm, pipWheel }: InstallPrograms, folder: string): InstallPaths {
  return { folder, node, npm, pipWheel };
}

/** The arguments of bubblewrap, in the form in which it reads them from a descriptor. */
function sandboxText(
  programs: InstallPrograms,
  sandbox: Extract<Sandbox, { kind: "bubblewrap" }>,
  options: Pick<InstallCommand, "folder" | "hasNetwork"> & { readonly environment: Readonly<Record<string, string>> },
): string {
  const { pipWheel } = programs;
  const paths = sandboxPaths(programs);
  const list = [
    isolationArguments,
    options.hasNetwork ? [] : ["--unshare-net"],
    systemArguments(sandbox.hostRoots, sandbox.hidden, sandbox.tmpBytes),
    ["--ro-bind", programs.node, paths.node, "--ro-bind", programs.npm, paths.npm],
    pipWheel === undefined || paths.pipWheel === undefined ? [] : ["--ro-bind", pipWheel, paths.pipWheel],
    ...(programs.python?.mounts ?? []).map(({ hostPath, sandboxPath }) => ["--ro-bind", hostPath, sandboxPath]),
    ["--bind", options.folder, paths.folder, "--remount-ro", "/", "--chdir", paths.folder],
    ...Object.entries(options.environment).map(([name, value]) => ["--setenv", name, value]),
  ].flat();
  return list.map((argument) => `${argument}\0`).join("");
}

/** Without a sandbox a program of the install may have left children. */
function endGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // No process is left.
  }
}

function textOf(output: unknown): string {
  return typeof output === "string" ? output : "";
}

/** The environment of every program of an install: its own home on disk, and the proxies. */
export function commonEnvironment(folder: string, proxies: Readonly<Record<string, string>>): Record<string, string> {
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "temporary"),
    ...proxies,
  };
}
