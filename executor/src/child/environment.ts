import { dirname } from "node:path";
import type { Layout, PythonRuntime } from "./layout.ts";

/** What a script's environment is made of; nothing of the executor's own is. */
export interface EnvironmentOptions {
  readonly layout: Layout;
  readonly python: PythonRuntime | undefined;
  readonly executionId: string;
  readonly packageName: string;
  /** The step's script. */
  readonly step: string;
  /** The step's own variables, from the manifest; those with secrets in them are not here. */
  readonly own: Readonly<Record<string, string>>;
  /** True when the step has variables with secrets: the bootstrap asks for them and sets them inside the script's process. */
  readonly hasSealed: boolean;
}

/** What the dynamic loader and a shell act on: with it, a package's own code could run in the shell that waits for "go". */
const actsOnShell = /^(?:LD_[A-Za-z0-9_]*|PS4)$/;

/** An environment in which the step's own variables of that kind have other names, and their names; `start.sh` sets them. */
export function holdVariables(
  env: Readonly<Record<string, string>>,
  own: EnvironmentOptions["own"],
): { readonly env: Readonly<Record<string, string>>; readonly held: readonly string[] } {
  const held = Object.keys(own).filter((name) => actsOnShell.test(name));
  const renamed = Object.entries(env).map(([name, value]) => [
    held.includes(name) ? `SEALRUN_HELD_${name}` : name,
    value,
  ]);
  return { env: Object.fromEntries(renamed), held };
}

/** The whole environment of a script. The manifest's variables win, but not over what names the run. */
export function scriptEnvironment(options: EnvironmentOptions): Readonly<Record<string, string>> {
  const { layout, python } = options;
  const programs = [layout.programs, ...(python === undefined ? [] : [dirname(python.interpreter)])];
  return {
    PATH: [...new Set([...programs, "/usr/local/bin", "/usr/bin", "/bin"])].join(":"),
    HOME: "/tmp",
    LANG: "C.UTF-8",
    PYTHONPATH: [layout.pythonSdk, layout.pythonPackages].filter((path) => path !== undefined).join(":"),
    // A line that Python prints is seen when it is printed, not when 8 KiB are full.
    PYTHONUNBUFFERED: "1",
    ...python?.environment,
    ...options.own,
    SEALRUN_EXECUTION_ID: options.executionId,
    SEALRUN_PACKAGE: options.packageName,
    SEALRUN_STEP: options.step,
    ...(options.hasSealed ? { SEALRUN_SEALED_ENV: "1" } : {}),
  };
}
