import { readdir } from "node:fs/promises";
import { release } from "node:os";
import { extname, join } from "node:path";
import { type Command, nodeCommand, pythonCommand } from "../command.ts";
import { runtimeEnvironment, stepEnvironment } from "../environment.ts";
import { shellLimits } from "../limits/shell-limits.ts";
import { findCommonNetwork } from "../network/open-network.ts";
import { layoutOf, meansOf, startInSandbox, stepCommand, type Surroundings } from "../start/prepare-start.ts";
import type { StepOptions } from "../start/step-options.ts";
import { goForRuntime, goForShell } from "./go-text.ts";
import { canComeAtGo } from "./reads-at-start.ts";
import type { SandboxStart, WarmShape, WarmStart } from "./warm-shape.ts";

/** What a process that waits for "go" has loaded already. */
export type WarmKind = "node" | "python" | "shell";

/** More than this is not given with "go": a shell reads it byte by byte. */
const maxGoBytes = 16 * 1024;

/**
 * How a step could use a process that was started ahead; undefined for one that must be started for itself. Throws as
 * `stepCommand`.
 */
export async function planWarmStart(options: StepOptions): Promise<WarmStart | undefined> {
  const { sandbox, script, variables } = options;
  const command = await stepCommand(options);
  if (sandbox.kind === "none" || !canComeAtGo(variables.own)) return undefined;
  const kind = kindOf(script);
  const given = {
    command,
    script: command.at(-1) ?? "",
    variables: stepEnvironment({ ...variables, step: script }),
  };
  const go = kind === "shell" ? goForShell(given) : goForRuntime(given);
  if (Buffer.byteLength(go) > maxGoBytes) return undefined;
  const surroundings = { ...options, sandbox };
  const shape = await warmShape(surroundings, kind);
  if (shape === undefined) return undefined;
  // Flags of a first line can load files of the package.
  const plain = kind === "shell" ? command : runtimeCommand(surroundings, kind, given.script);
  return plain?.join("\0") === command.join("\0") ? { shape, go } : undefined;
}

/** The shape of a process with these surroundings; undefined where none may be started ahead. */
export async function warmShape(
  surroundings: Omit<Surroundings, "workspace">,
  kind: WarmKind,
): Promise<WarmShape | undefined> {
  const { limits, installed, runtime } = surroundings;
  const network = await findCommonNetwork(surroundings.network, meansOf(surroundings.sandbox));
  if (network === undefined) return undefined;
  if (kind === "python" && installed?.python !== undefined && (await changesEachStart(installed.python))) {
    return undefined;
  }
  const layout = layoutOf({ ...surroundings, workspace: { folder: "" } });
  const waiting: readonly string[] | undefined =
    kind === "shell"
      ? ["--at-go"]
      : runtimeCommand(surroundings, kind, join(layout.bootstrap, "script-at-go"))?.toSpliced(0, 0, "--now");
  if (waiting === undefined) return undefined;
  const command: Command = ["/bin/sh", join(layout.bootstrap, "start.sh"), shellLimits(limits, release()), ...waiting];
  const env = runtimeEnvironment({ layout, python: runtime.python });
  const startIn = (folder: string): SandboxStart =>
    startInSandbox({ ...surroundings, workspace: { folder } }, { command, env });
  return { text: JSON.stringify([startIn(""), network.plan]), startIn, openNetwork: network.open };
}

function kindOf(script: string): WarmKind {
  const extension = extname(script);
  return extension === ".sh" ? "shell" : extension === ".py" ? "python" : "node";
}

/** The command without flags of a script's own; undefined where the runtime is missing. */
function runtimeCommand(
  of: Omit<Surroundings, "workspace">,
  kind: Exclude<WarmKind, "shell">,
  path: string,
): Command | undefined {
  const layout = layoutOf({ ...of, workspace: { folder: "" } });
  if (kind === "node") return nodeCommand(layout, [], path);
  const { python } = of.runtime;
  return python === undefined ? undefined : pythonCommand(layout, python, { flags: [], path });
}

/** Python runs such modules at each start, before anything else; they must not run before "go". */
async function changesEachStart(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  return names.some((name) => /^(?:sitecustomize|usercustomize)(?:\.|$)/.test(name));
}
