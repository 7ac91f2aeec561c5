import type { SandboxNetwork } from "../network/sandbox-network.ts";
import type { OutputPipes } from "../output-pipes.ts";
import type { RunningScript } from "../running-script.ts";

/** A process that waits for "go", with what belongs to it. */
export interface Runner {
  readonly script: RunningScript;
  readonly pipes: OutputPipes;
  readonly network: SandboxNetwork | undefined;
  /** What it gets instead of the plain line, when it was started ahead of its step. */
  readonly go?: string | undefined;
  /** Time on processors that it had before its step began, in ms. */
  readonly cpuMsBefore?: number;
}
