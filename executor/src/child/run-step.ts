import { crashPoint } from "@sealrun/faults";
import { limits, SealrunError, toSealrunError } from "@sealrun/protocol";
import type { Readable } from "node:stream";
import { type Channel, serveChannel } from "../channel/channel.ts";
import { writeGo } from "./go.ts";
import { createStepCgroup, type StepCgroup } from "./limits/cgroup.ts";
import { describeExceeded, type Exceeded } from "./limits/exceeded.ts";
import { type StepUse, type StepWatch, type WatchOptions, watchStep } from "./limits/watch-step.ts";
import { endOutputs, type OutputPipes } from "./output-pipes.ts";
import { type RunningScript, signalOf } from "./running-script.ts";
import { startRunner } from "./start/start-runner.ts";
import type { StepOptions } from "./start/step-options.ts";
import { describeNoStart, withReason } from "./start-failure.ts";
import { createStopping, type Stopping } from "./stopping.ts";

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
  const { script, pipes, network, go, cpuMsBefore } = await startRunner(options);
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
    if (isReady) watch = await startWatch(script, stopping, options, { cgroup, cpuMsBefore });
    if (isReady && stopping.reason() === undefined) {
      crashPoint("executor.step.before-go");
      options.onGo?.();
      writeGo(script.frames, go);
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
    if (watch !== undefined) options.onUse?.(watch.end());
    stopping.settle();
    await kill();
    cgroup?.remove();
    await channel?.close();
    script.frames.destroy();
    pipes.token.pipe.close();
    pipes.status.output.destroy();
    await Promise.all(outputs);
    const connected = (await network?.close()) ?? [];
    if (connected.length > 0) await options.onConnected?.(connected);
  }
}

/** Watches the step from before its "go". Undefined when it is gone already. */
async function startWatch(
  script: RunningScript,
  stopping: Stopping,
  options: StepOptions,
  from: Pick<WatchOptions, "cgroup" | "cpuMsBefore">,
): Promise<StepWatch | undefined> {
  const processes = await script.processes();
  if (processes === undefined) return undefined;
  return watchStep({
    processes,
    workFolder: options.workspace.folder,
    limits: options.limits,
    ...from,
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

async function drain(output: Readable, consume: StepOptions["onStdout"]): Promise<void> {
  for await (const chunk of output) if (chunk instanceof Uint8Array) await consume(chunk);
}
