import { firstLineBytes, firstLineOf } from "@sealrun/protocol";
import { open } from "node:fs/promises";
import { release } from "node:os";
import { join } from "node:path";
import { type Command, commandAfterGo, commandFor } from "../command.ts";
import { holdVariables, scriptEnvironment } from "../environment.ts";
import { hostLayout, pythonPackagesPath, sandboxLayout } from "../layout.ts";
import { shellLimits } from "../limits/shell-limits.ts";
import { requireEnforced } from "../network/require-enforced.ts";
import { sandboxArguments } from "../sandbox.ts";
import type { SandboxedStart } from "../start-sandboxed.ts";
import type { UnsafeStart } from "../start-unsafe.ts";
import { becomeUser } from "../user/slot-user.ts";
import type { StepOptions } from "./step-options.ts";

/** The whole start of a step, as plain values: two that are equal start equal processes. */
export type StepStart =
  | ({ readonly kind: "unsafe" } & Omit<UnsafeStart, "pipes">)
  | ({ readonly kind: "sandboxed" } & Pick<SandboxedStart, "sandbox" | "command">);

/** The start of a step. Throws when its script, interpreter or network cannot be started here. */
export async function prepareStart(options: StepOptions): Promise<StepStart> {
  const { sandbox, runtime, workspace, script, installed } = options;
  const { python } = runtime;
  const isUnsafe = sandbox.kind === "none";
  requireEnforced(sandbox, options.network);
  const pythonPackages = isUnsafe || installed?.python === undefined ? installed?.python : pythonPackagesPath;
  const layout = {
    ...(isUnsafe ? hostLayout(runtime, workspace.folder) : sandboxLayout),
    ...(pythonPackages === undefined ? {} : { pythonPackages }),
  };
  const firstLine = await readFirstLine(join(workspace.folder, script));
  const inner = commandFor({ script, firstLine, layout, python, hasSealed: options.variables.hasSealed });
  const whole = scriptEnvironment({ ...options.variables, layout, python, step: script });
  const { env, heldBack } = holdVariables(whole, options.variables.own);
  const command = commandAfterGo(inner, layout, { limits: shellLimits(options.limits, release()), heldBack });
  if (sandbox.kind === "none") return { kind: "unsafe", command, env, workFolder: workspace.folder };
  const { hostRoots, hidden, user } = sandbox;
  const isolation = sandboxArguments({
    runtime,
    hostRoots,
    hidden,
    tmpBytes: options.limits.tmpBytes,
    installed,
    network: options.network,
    user,
    env,
    workFolder: workspace.folder,
  });
  const started: Command = user === undefined ? command : [...becomeUser(user), ...command];
  return { kind: "sandboxed", sandbox: isolation, command: started };
}

async function readFirstLine(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(firstLineBytes), 0, firstLineBytes, 0);
    return firstLineOf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
