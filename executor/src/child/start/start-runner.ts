import { openSandboxNetwork } from "../network/open-network.ts";
import type { SandboxNetwork } from "../network/sandbox-network.ts";
import type { OutputPipes } from "../output-pipes.ts";
import type { RunningScript } from "../running-script.ts";
import { startSandboxed } from "../start-sandboxed.ts";
import { startUnsafe } from "../start-unsafe.ts";
import { planWarmStart } from "../warm/plan-warm-start.ts";
import { meansOf, prepareStart, type StepStart } from "./prepare-start.ts";
import type { Runner } from "./runner.ts";
import type { Sandbox, StepOptions } from "./step-options.ts";

/** The process of a step, started ahead or now. Throws what can be wrong before there is a process. */
export async function startRunner(options: StepOptions): Promise<Runner> {
  const ahead = await options.startedAhead?.take(async () => planWarmStart(options));
  if (ahead !== undefined) return ahead;
  const { sandbox } = options;
  const start = await prepareStart(options);
  const network = await openSandboxNetwork(options.network, { ...meansOf(sandbox), runtime: options.runtime });
  const pipes = await options.pipes.take();
  return { script: startOn(pipes, { sandbox, start, network }), pipes, network };
}

/** Starts a process on these pipes; the executor's copies of the ends that it inherits are closed. */
export function startOn(
  pipes: OutputPipes,
  of: { readonly sandbox: Sandbox; readonly start: StepStart; readonly network: SandboxNetwork | undefined },
): RunningScript {
  const { sandbox, start, network } = of;
  try {
    if (start.kind === "unsafe") return startUnsafe({ ...start, pipes });
    const bubblewrap = sandbox.kind === "none" ? "" : sandbox.program;
    return startSandboxed({ ...start, bubblewrap, pipes, network });
  } catch (error) {
    pipes.token.pipe.close();
    throw error;
  } finally {
    for (const pipe of Object.values(pipes)) pipe.closeWriteEnd();
  }
}
