import { crashPoint } from "@sealrun/faults";
import {
  firstLineBytes,
  firstLineOf,
  limits,
  type NetworkSetting,
  SealrunError,
  type StepLimits,
  toSealrunError,
} from "@sealrun/protocol";
import { open } from "node:fs/promises";
import { release } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { ScriptHandler } from "../channel/answer-request.ts";
import { type Channel, serveChannel } from "../channel/channel.ts";
import { type Command, commandAfterGo, commandFor } from "./command.ts";
import { type EnvironmentOptions, holdVariables, scriptEnvironment } from "./environment.ts";
import { writeGo } from "./go.ts";
import { createStepCgroup, type DelegatedCgroup, type StepCgroup } from "./limits/cgroup.ts";
import { describeExceeded, type Exceeded } from "./limits/exceeded.ts";
import { shellLimits } from "./limits/shell-limits.ts";
import { type StepUse, type StepWatch, watchStep } from "./limits/watch-step.ts";
import type { HostRoot } from "./host-roots.ts";
import { hostLayout, type InstalledPackages, pythonPackagesPath, type Runtime, sandboxLayout } from "./layout.ts";
import type { DialRules } from "./network/dial.ts";
import type { Connected } from "./network/egress.ts";
import { requireEnforced } from "./network/require-enforced.ts";
import { openSandboxNetwork, type SandboxNetwork } from "./network/sandbox-network.ts";
import { endOutputs, type OutputPipes, type PipePool } from "./output-pipes.ts";
import { type RunningScript, signalOf } from "./running-script.ts";
import { sandboxArguments } from "./sandbox.ts";
import { describeNoStart, withReason } from "./start-failure.ts";
import { startSandboxed } from "./start-sandboxed.ts";
import { startUnsafe } from "./start-unsafe.ts";
import { createStopping, type Stopping } from "./stopping.ts";
import { becomeUser, type SlotUser } from "./user/slot-user.ts";

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
      /** Which addresses named hosts may have; by default none of those that are always refused. */
      readonly dialRules?: DialRules | undefined;
      /** The user of the host that scripts run as, where the executor runs as root; by default they have its own. */
      readonly user?: SlotUser | undefined;
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
  /** Called just before the script is told to start: until then nothing of the package has run. */
  readonly onGo?: () => void;
  /** How long a script may keep the channel's token. */
  readonly tokenMs?: number;
}

/** How a step ended. Of timeout, cancel, broken channel and an exceeded limit only the first counts. */
export interface StepEnd {
  /** The script's exit code; undefined when it was killed first. */
  readonly exitCode: number | undefined;
  /** The signal that an exit code over 128 stands for, by the shells' convention. */
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly channelBroken: SealrunError | undefined;
  /** The limit that the step exceeded, and that ended it. */
  readonly exceeded: SealrunError | undefined;
  /** What it used; undefined when it ended before it could be watched. */
  readonly use: StepUse | undefined;
  readonly durationMs: number;
}

/**
 * Runs one script to its end and serves its channel. When it returns, all output has been passed on and no process that
 * the script started is alive. Throws when the script could not be started, or its output could not be passed on.
 */
export async function runStep(options: StepOptions): Promise<StepEnd> {
  const startedAt = performance.now();
  const { sandbox } = options;
  const rules = sandbox.kind === "none" ? undefined : sandbox.dialRules;
  const network = openSandboxNetwork(options.network, options.runtime, rules);
  const start = await prepareStart(options, network);
  const pipes = await options.pipes.take();
  const script = startOn(pipes, start);
  let channel: Channel | undefined;
  let watch: StepWatch | undefined;
  let cgroup: StepCgroup | undefined;
  const kill = async (): Promise<void> => {
    cgroup?.kill();
    await script.kill();
  };
  // A script that was not told to start has nothing to end by itself.
  const terminate = async (): Promise<void> => (channel === undefined ? kill() : script.terminate());
  const graceMs = options.graceMs ?? limits.killGraceMs;
  const stopping = createStopping({ ...options, graceMs }, { terminate, kill });
  const onFailure = (error: unknown): void => stopping.stop({ kind: "failed", error: toSealrunError(error) });
  let firstError = "";
  const outputs = [
    drain(pipes.stdout.output, options.onStdout).catch(onFailure),
    drain(pipes.stderr.output, (chunk) => {
      if (firstError === "") firstError = Buffer.from(chunk).toString().split("\n", 1)[0] ?? "";
      return options.onStderr(chunk);
    }).catch(onFailure),
  ];
  try {
    const isReady = await Promise.race([script.ready, script.ended.then(() => false)]);
    if (isReady) cgroup = openStepCgroup(options);
    if (isReady) watch = await startWatch(script, stopping, options, cgroup);
    if (isReady && stopping.reason() === undefined) {
      crashPoint("executor.step.before-go");
      options.onGo?.();
      writeGo(script.frames);
      channel = openChannel({ script, pipes, stopping }, options);
      crashPoint("executor.step.started");
    }
    const exitCode = await script.ended;
    const use = watch?.end();
    stopping.settle();
    await kill();
    if (options.sandbox.kind === "none") endOutputs(pipes, options.graceMs);
    await Promise.all(outputs);
    const reason = stopping.reason();
    if (reason?.kind === "failed") throw reason.error;
    if (channel === undefined && reason === undefined) throw describeNoStart(options.script, exitCode);
    const late = reason === undefined && exitCode !== 0 ? await watch?.exceededAtEnd() : undefined;
    return {
      exitCode,
      signal: signalOf(exitCode),
      timedOut: reason?.kind === "timed-out",
      cancelled: reason?.kind === "cancelled",
      channelBroken: reason?.kind === "channel-broken" ? reason.error : undefined,
      exceeded: reason?.kind === "exceeded" ? reason.error : errorOf(late, options),
      use,
      durationMs: performance.now() - startedAt,
    };
  } catch (error) {
    await kill();
    await Promise.all(outputs);
    throw withReason(error, firstError);
  } finally {
    watch?.end();
    stopping.settle();
    await kill();
    cgroup?.remove();
    await channel?.close();
    script.frames.destroy();
    pipes.token.pipe.close();
    pipes.status.output.destroy();
    await Promise.all(outputs);
    const connected = (await network?.egress.close()) ?? [];
    if (connected.length > 0) await options.onConnected?.(connected);
  }
}

/** Watches the step from before its "go". Undefined when it is gone already. */
async function startWatch(
  script: RunningScript,
  stopping: Stopping,
  options: StepOptions,
  cgroup: StepCgroup | undefined,
): Promise<StepWatch | undefined> {
  const processes = await script.processes();
  if (processes === undefined) return undefined;
  return watchStep({
    processes,
    workFolder: options.workspace.folder,
    limits: options.limits,
    cgroup,
    onExceeded: (exceeded) =>
      stopping.stop({ kind: "exceeded", error: describeExceeded(options.script, exceeded, options.limits) }),
    onFailed: (error) => stopping.stop({ kind: "failed", error: toSealrunError(error) }),
  });
}

function openStepCgroup({ sandbox, limits }: StepOptions): StepCgroup | undefined {
  if (sandbox.kind === "none" || sandbox.cgroup === undefined) return undefined;
  return createStepCgroup(sandbox.cgroup, limits);
}

function errorOf(exceeded: Exceeded | undefined, { script, limits }: StepOptions): SealrunError | undefined {
  return exceeded === undefined ? undefined : describeExceeded(script, exceeded, limits);
}

function openChannel(
  { script, pipes, stopping }: { script: RunningScript; pipes: OutputPipes; stopping: Stopping },
  options: StepOptions,
): Channel {
  const channel = serveChannel({
    frames: script.frames,
    token: pipes.token.pipe,
    handle: options.handle,
    hasScriptEnded: script.hasEnded,
    onBroken: (error) => stopping.stop({ kind: "channel-broken", error }),
    ...(options.tokenMs === undefined ? {} : { tokenMs: options.tokenMs }),
  });
  // The stream was paused after "ready".
  script.frames.resume();
  return channel;
}

type Start = (pipes: OutputPipes) => RunningScript;

function startOn(pipes: OutputPipes, start: Start): RunningScript {
  try {
    return start(pipes);
  } catch (error) {
    pipes.token.pipe.close();
    throw error;
  } finally {
    for (const pipe of Object.values(pipes)) pipe.closeWriteEnd();
  }
}

/** The part of the start that can fail before there is a process. */
async function prepareStart(options: StepOptions, network: SandboxNetwork | undefined): Promise<Start> {
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
  if (sandbox.kind === "none") {
    return (pipes) => startUnsafe({ command, env, workFolder: workspace.folder, pipes });
  }
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
  return (pipes) =>
    startSandboxed({ bubblewrap: sandbox.program, sandbox: isolation, command: started, pipes, network });
}

async function drain(output: Readable, consume: StepOptions["onStdout"]): Promise<void> {
  for await (const chunk of output) if (chunk instanceof Uint8Array) await consume(chunk);
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
