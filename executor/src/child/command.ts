import { readInterpreter, SealrunError } from "@sealrun/protocol";
import { existsSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Layout, PythonRuntime } from "./layout.ts";

/** What to start: a program and its arguments, as paths inside the sandbox. */
export type Command = readonly [string, ...string[]];

/** A script and what its command depends on. */
export interface CommandOptions {
  /** The script's path inside its package. */
  readonly script: string;
  /** The script's first line, as `firstLineOf` gives it. */
  readonly firstLine: string;
  readonly layout: Layout;
  readonly python: PythonRuntime | undefined;
  /** True when a shell must ask for variables before it runs the script. */
  readonly hasSealed?: boolean;
  /** Whether a program exists in the host's `/usr` or `/bin`. */
  readonly isInstalled?: (path: string) => boolean;
}

/** The path of the bundle of a TypeScript script: beside it, so that relative paths stay right. */
export function bundlePath(script: string): string {
  return join(dirname(script), `.sealrun.${basename(script)}.mjs`);
}

/** True for a script that runs as its bundle. */
export function isTypeScript(path: string): boolean {
  return path.endsWith(".ts") || path.endsWith(".mts");
}

/**
 * How to run a script of this type, with the flags of its first line; throws `INTERPRETER_MISSING`, or `PACKAGE_INVALID`
 * for a type, an interpreter or a flag that cannot run. Versions that were pushed by other clients were not judged.
 */
export function commandFor(options: CommandOptions): Command {
  const { script, layout, python } = options;
  const { shell, flags } = readInterpreter(script, options.firstLine);
  const path = join(layout.work, script);
  switch (extname(script)) {
    case ".ts":
    case ".mts":
      return nodeCommand(layout, flags, join(layout.work, bundlePath(script)));
    case ".js":
    case ".mjs":
    case ".cjs":
      return nodeCommand(layout, flags, path);
    case ".py":
      if (python === undefined) throw missing("Python 3", script, "install python3");
      return pythonCommand(layout, python, { flags, path });
    case ".sh":
      return [findShell(options, shell), ...flags, ...(options.hasSealed === true ? ["-c", setVariables] : []), path];
    default:
      throw new SealrunError("PACKAGE_INVALID", `${script} is not a script; expected .ts, .mts, .js, .mjs, .py or .sh`);
  }
}

/** What `start.sh` does before the program: it sets the limits of `shellLimits` and the variables in `heldBack`. */
export interface StartSettings {
  readonly limits: string;
  readonly heldBack: readonly string[];
}

/** The command started by `start.sh`, which waits for "go", then runs it with these settings. */
export function commandAfterGo(command: Command, layout: Layout, { limits, heldBack }: StartSettings): Command {
  const [program, ...rest] = command;
  return ["/bin/sh", join(layout.bootstrap, "start.sh"), limits, program, ...heldBack, "--", ...rest];
}

/** How Node runs a script. */
export function nodeCommand(layout: Layout, flags: readonly string[], path: string): Command {
  const bootstrap = pathToFileURL(join(layout.bootstrap, "bootstrap.mjs")).href;
  return [layout.node, "--disable-sigusr1", ...flags, "--import", bootstrap, path];
}

/** How Python runs a script. */
export function pythonCommand(
  layout: Layout,
  { interpreter }: PythonRuntime,
  { flags, path }: { readonly flags: readonly string[]; readonly path: string },
): Command {
  return [interpreter, "-B", ...flags, join(layout.bootstrap, "bootstrap.py"), path];
}

/**
 * What a shell runs before a script with sealed variables: they come through a pipe and are exported inside the shell,
 * so that the shell's own environment block does not have them. The script is `$0`, as usual.
 */
const setVariables =
  'sealrun_env=$(sealrun-context env) || exit; eval "$sealrun_env"; unset sealrun_env SEALRUN_SEALED_ENV; . "$0"';

function findShell({ script, isInstalled = existsSync }: CommandOptions, shell: string): string {
  const program = [`/bin/${shell}`, `/usr/bin/${shell}`].find((path) => isInstalled(path));
  if (program === undefined) throw missing(`/bin/${shell}`, script, `install ${shell}`);
  return program;
}

function missing(interpreter: string, script: string, advice: string): SealrunError {
  return new SealrunError("INTERPRETER_MISSING", `${script} needs ${interpreter}; ${advice} on the executor's machine`);
}
