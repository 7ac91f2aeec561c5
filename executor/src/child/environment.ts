import { dirname } from "node:path";
import type { Layout, PythonRuntime } from "./layout.ts";

/** What a script's environment is made from; nothing comes from the executor's own environment. */
export interface EnvironmentOptions {
  readonly layout: Layout;
  readonly python: PythonRuntime | undefined;
  readonly executionId: string;
  readonly packageName: string;
  /** The step's script. */
  readonly step: string;
  /** The step's own variables from the manifest, without those that contain secrets. */
  readonly own: Readonly<Record<string, string>>;
  /** True when the step has variables with secrets; the bootstrap sets those inside the script's process. */
  readonly hasSealed: boolean;
  /** The span of this try, for a run with a trace. */
  readonly traceParent?: string | undefined;
}

/**
 * Variables of the dynamic loader and the shell: through them a package could run code in the shell that waits for
 * "go".
 */
const actsOnShell = /^(?:LD_[A-Za-z0-9_]*|PS4)$/;

/** The environment with such variables of the step renamed, and their names; `start.sh` sets them after "go". */
export function holdVariables(
  env: Readonly<Record<string, string>>,
  own: EnvironmentOptions["own"],
): { readonly env: Readonly<Record<string, string>>; readonly heldBack: readonly string[] } {
  const heldBack = Object.keys(own).filter((name) => actsOnShell.test(name));
  const renamed = Object.entries(env).map(([name, value]) => [
    heldBack.includes(name) ? `SEALRUN_HELD_${name}` : name,
    value,
  ]);
  return { env: Object.fromEntries(renamed), heldBack };
}

/** The whole environment of a script. The manifest's variables win, except over those that name the run. */
export function scriptEnvironment(options: EnvironmentOptions): Readonly<Record<string, string>> {
  return { ...runtimeEnvironment(options), ...stepEnvironment(options) };
}

/** What is the same for every script. */
export function runtimeEnvironment({
  layout,
  python,
}: Pick<EnvironmentOptions, "layout" | "python">): Readonly<Record<string, string>> {
  const programs = [layout.programs, ...(python === undefined ? [] : [dirname(python.interpreter)])];
  return {
    PATH: [...new Set([...programs, "/usr/local/bin", "/usr/bin", "/bin"])].join(":"),
    HOME: "/tmp",
    LANG: "C.UTF-8",
    PYTHONPATH: [layout.pythonSdk, layout.pythonPackages].filter((path) => path !== undefined).join(":"),
    // Otherwise a line that Python prints would appear only when 8 KiB are full.
    PYTHONUNBUFFERED: "1",
    ...python?.environment,
  };
}

/** What one step adds. */
export function stepEnvironment(
  options: Omit<EnvironmentOptions, "layout" | "python">,
): Readonly<Record<string, string>> {
  return {
    ...(options.traceParent === undefined ? {} : { TRACEPARENT: options.traceParent }),
    ...options.own,
    SEALRUN_EXECUTION_ID: options.executionId,
    SEALRUN_PACKAGE: options.packageName,
    SEALRUN_STEP: options.step,
    ...(options.hasSealed ? { SEALRUN_SEALED_ENV: "1" } : {}),
  };
}
