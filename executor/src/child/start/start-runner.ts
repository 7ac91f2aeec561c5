import { openSandboxNetwork } from "../network/open-network.ts";
import type { SandboxNetwork } from "../network/sandbox-network.ts";
import type { OutputPipes } from "../output-pipes.ts";
import type { RunningScript } from "../running-script.ts";
import { startSandboxed } from "../start-sandboxed.ts";
import { startUnsafe } from "../start-unsafe.ts";
import { prepareStart, type StepStart } from "./prepare-start.ts";
import type { Sandbox, StepOptions } from "./step-options.ts";

/** A process that waits for "go", with what belongs to it. */
export interface Runner {
  readonly script: RunningScript;
  readonly pipes: OutputPipes;
  readonly network: SandboxNetwork | undefined;
}

/** Starts the process of a step. Throws what can be wrong before there is a process. */
export async function startRunner(options: StepOptions): Promise<Runner> {
  const { sandbox } = options;
  const start = await prepareStart(options);
  const means = sandbox.kind === "none" ? {} : { rules: sandbox.dialRules, slirp4netns: sandbox.slirp4netns };
  const network = openSandboxNetwork(options.network, { ...means, runtime: options.runtime });
  const pipes = await options.pipes.take();
  return { script: startOn(pipes, { sandbox, start, network }), pipes, network };
}

function startOn(
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
