import type { SandboxNetwork } from "../network/sandbox-network.ts";
import type { Runner } from "../start/runner.ts";
import type { SandboxedStart } from "../start-sandboxed.ts";

/** What happens in a sandbox when it starts. */
export type SandboxStart = Pick<SandboxedStart, "sandbox" | "command">;

/** A process that is started before its script is known. */
export interface WarmShape {
  /** Two with the same text are the same in all but the folder that is mounted as the work folder. */
  readonly text: string;
  /** Its start, with an empty folder of the host for the files of a run. */
  readonly startIn: (folder: string) => SandboxStart;
  /** Opens the network of its sandbox. */
  readonly openNetwork: () => SandboxNetwork | undefined;
}

/** A shape, and what turns a process of that shape into a step. */
export interface WarmStart {
  readonly shape: WarmShape;
  /** What it gets with "go". */
  readonly go: string;
}

/** What was started ahead of a step. */
export interface StartedAhead {
  /**
   * A process that waits for "go", if it has exactly the shape of the step's plan; undefined when the step must start its
   * own. Each step asks; `plan` is called only for one that may have it. Rejects as `plan`.
   */
  readonly take: (plan: () => Promise<WarmStart | undefined>) => Promise<Runner | undefined>;
}
