import type { NetworkSetting, StepLimits } from "@sealrun/protocol";
import type { ScriptHandler } from "../../channel/answer-request.ts";
import type { EnvironmentOptions } from "../environment.ts";
import type { HostRoot } from "../host-roots.ts";
import type { InstalledPackages, Runtime } from "../layout.ts";
import type { DelegatedCgroup } from "../limits/cgroup.ts";
import type { StepUse } from "../limits/watch-step.ts";
import type { DialRules } from "../network/dial.ts";
import type { Connected } from "../network/egress.ts";
import type { PipePool } from "../output-pipes.ts";
import type { StartedAhead } from "../warm/warm-shape.ts";

/** How scripts are isolated from the host; `none` is `--unsafe-no-sandbox`. */
export type Sandbox =
  | {
      readonly kind: "bubblewrap";
      readonly program: string;
      readonly hostRoots: readonly HostRoot[];
      /** Host folders under `/usr` that scripts must not see. */
      readonly hidden: readonly string[];
      /** Where each step gets a cgroup, if the executor has one. */
      readonly cgroup?: DelegatedCgroup | undefined;
      /** Maximum bytes of each file system in memory; by default the limit `tmpBytes`. */
      readonly tmpBytes?: number;
      /** Which addresses scripts may reach by a name or in the network "outbound"; by default none of those that are always refused. */
      readonly dialRules?: DialRules | undefined;
      /** The program slirp4netns, where the network "outbound" is enforced. */
      readonly slirp4netns?: string | undefined;
    }
  | { readonly kind: "none" };

/** One script to run. */
export interface StepOptions {
  readonly sandbox: Sandbox;
  readonly runtime: Runtime;
  /** Where the pipes for its output come from. */
  readonly pipes: PipePool;
  /** The run's folder. */
  readonly workspace: { readonly folder: string };
  /** The installed dependencies of the package. */
  readonly installed?: InstalledPackages | undefined;
  /** The script's path inside the package. */
  readonly script: string;
  readonly variables: Pick<EnvironmentOptions, "executionId" | "packageName" | "own" | "hasSealed" | "traceParent">;
  /** How much of the network the script reaches; without it, what the host reaches. */
  readonly network?: NetworkSetting | undefined;
  readonly timeoutMs: number;
  /** What it may use. */
  readonly limits: StepLimits;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs?: number;
  /** Cancels the step; with the error of a limit as its reason, that limit ends it. */
  readonly signal: AbortSignal;
  /**
   * Gets output as it comes; the script waits while a promise is pending. If one rejects, `runStep` ends the step and
   * throws.
   */
  readonly onStdout: (chunk: Uint8Array) => void | Promise<void>;
  readonly onStderr: (chunk: Uint8Array) => void | Promise<void>;
  readonly handle: ScriptHandler;
  /** Gets what the script was connected to, once, before `runStep` ends. */
  readonly onConnected?: (connected: readonly Connected[]) => void | Promise<void>;
  /** Gets what the step used, once, also when `runStep` throws; not called when it ended before it could be watched. */
  readonly onUse?: (use: StepUse) => void;
  /** Called just before the script is told to start: until then nothing of the package has run. */
  readonly onGo?: () => void;
  /** What waits for this step already, if it fits; otherwise the step is started now. */
  readonly startedAhead?: StartedAhead | undefined;
  /** How long a script may keep the channel's token. */
  readonly tokenMs?: number;
}
