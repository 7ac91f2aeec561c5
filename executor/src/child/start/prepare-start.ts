import { release } from "node:os";
import { type Command, commandAfterGo, commandFor } from "../command.ts";
import { holdVariables, scriptEnvironment } from "../environment.ts";
import { hostLayout, type Layout, pythonPackagesPath, sandboxLayout } from "../layout.ts";
import { shellLimits } from "../limits/shell-limits.ts";
import type { NetworkMeans } from "../network/open-network.ts";
import { requireEnforced } from "../network/require-enforced.ts";
import { sandboxArguments } from "../sandbox.ts";
import type { UnsafeStart } from "../start-unsafe.ts";
import type { SandboxStart } from "../warm/warm-shape.ts";
import { readFirstLine } from "./read-first-line.ts";
import type { Sandbox, StepOptions } from "./step-options.ts";

/** The whole start of a step, as plain values: two that are equal start equal processes. */
export type StepStart =
  | ({ readonly kind: "unsafe" } & Omit<UnsafeStart, "pipes">)
  | ({ readonly kind: "sandboxed" } & SandboxStart);

/** What a sandbox is made from: the same for many steps. */
export type Surroundings = Pick<StepOptions, "runtime" | "installed" | "network" | "limits"> & {
  readonly sandbox: Extract<Sandbox, { kind: "bubblewrap" }>;
  readonly workspace: { readonly folder: string };
};

/** The start of a step. Throws when its script, interpreter or network cannot be started here. */
export async function prepareStart(options: StepOptions): Promise<StepStart> {
  const { sandbox, runtime, workspace, script } = options;
  const { python } = runtime;
  requireEnforced(sandbox, options.network);
  const layout = layoutOf(options);
  const inner = await stepCommand(options);
  const whole = scriptEnvironment({ ...options.variables, layout, python, step: script });
  const { env, heldBack } = holdVariables(whole, options.variables.own);
  const command = commandAfterGo(inner, layout, { limits: shellLimits(options.limits, release()), heldBack });
  if (sandbox.kind === "none") return { kind: "unsafe", command, env, workFolder: workspace.folder };
  return { kind: "sandboxed", ...startInSandbox({ ...options, sandbox }, { command, env }) };
}

/** The command of a step: its interpreter with the flags of its first line. Throws as `commandFor`. */
export async function stepCommand(options: StepOptions): Promise<Command> {
  const { workspace, script, runtime, variables } = options;
  const firstLine = await readFirstLine(workspace.folder, script);
  const { python } = runtime;
  return commandFor({ script, firstLine, layout: layoutOf(options), python, hasSealed: variables.hasSealed });
}

/** The paths that a step's script sees. */
export function layoutOf(of: Pick<StepOptions, "sandbox" | "runtime" | "installed" | "workspace">): Layout {
  const isUnsafe = of.sandbox.kind === "none";
  const python = of.installed?.python;
  const pythonPackages = isUnsafe || python === undefined ? python : pythonPackagesPath;
  return {
    ...(isUnsafe ? hostLayout(of.runtime, of.workspace.folder) : sandboxLayout),
    ...(pythonPackages === undefined ? {} : { pythonPackages }),
  };
}

/** What a sandbox's settings say of its networks. */
export function meansOf(sandbox: Sandbox): Pick<NetworkMeans, "rules" | "slirp4netns"> {
  return sandbox.kind === "none" ? {} : { rules: sandbox.dialRules, slirp4netns: sandbox.slirp4netns };
}

/** A command in a sandbox with these surroundings. */
export function startInSandbox(
  { sandbox, runtime, installed, network, limits, workspace }: Surroundings,
  inner: { readonly command: Command; readonly env: Readonly<Record<string, string>> },
): SandboxStart {
  const { hostRoots, hidden } = sandbox;
  const isolation = sandboxArguments({
    runtime,
    hostRoots,
    hidden,
    tmpBytes: limits.tmpBytes,
    installed,
    network,
    env: inner.env,
    workFolder: workspace.folder,
  });
  const { command } = inner;
  return { sandbox: isolation, command };
}
