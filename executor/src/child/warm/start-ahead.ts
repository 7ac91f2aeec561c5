import { measureProportionalMemory } from "../limits/proportional-memory.ts";
import { tickMs } from "../limits/process-statistics.ts";
import type { PipePool } from "../output-pipes.ts";
import type { Runner } from "../start/runner.ts";
import { startOn } from "../start/start-runner.ts";
import type { Sandbox } from "../start/step-options.ts";
import type { WarmShape, WarmStart } from "./warm-shape.ts";

/** A process that waits for a step that is not known yet. */
export interface WaitingProcess {
  /** Hands it over to a step with its shape; for any other, and when it is gone, it is ended and undefined is returned. */
  readonly take: (start: WarmStart | undefined) => Promise<Runner | undefined>;
  /** Bytes of memory that are its own, once it waits; undefined when it has ended. */
  readonly memoryBytes: Promise<number | undefined>;
  /** Ends it, unless a step has taken it. */
  readonly end: () => Promise<void>;
}

/** What starts it. */
export interface AheadOptions {
  readonly sandbox: Sandbox;
  readonly shape: WarmShape;
  /** An empty folder for the files of its run; no other process has seen it. */
  readonly folder: string;
  readonly pipes: PipePool;
}

/** More than a sandbox has before its script runs. */
const maxWaitingProcesses = 100;

/** One that is not ready after this time is ended. */
const maxBootMs = 20_000;

/** Starts a process ahead of its step. It is used once, or ended. */
export async function startAhead({ sandbox, shape, folder, pipes: pool }: AheadOptions): Promise<WaitingProcess> {
  const pipes = await pool.take();
  const network = shape.openNetwork();
  const script = startOn(pipes, { sandbox, start: { kind: "sandboxed", ...shape.startIn(folder) }, network });
  let isGone = false;
  let isTaken = false;
  const over = script.ended.then(
    () => false,
    () => false,
  );
  void over.then(() => {
    isGone = true;
  });
  const ready = Promise.race([script.ready, over]).catch(() => false);

  const used = ready
    .then(async (isReady) => {
      const processes = isReady ? await script.processes() : undefined;
      if (processes === undefined) return undefined;
      const first = processes.first();
      const all = [...processes.look(maxWaitingProcesses).seen, ...(first === undefined ? [] : [first])];
      const ticks = all.reduce((sum, one) => sum + one.ownTicks + one.childTicks, 0);
      const ids = all.map(({ id }) => id);
      const memory = measureProportionalMemory(processes, ids, Number.MAX_SAFE_INTEGER);
      return { processes, cpuMs: ticks * tickMs, memory };
    })
    .catch(() => undefined);
  // A step that waits for it must not wait without a limit.
  const tooLong = setTimeout(() => void end(), maxBootMs);
  void ready.then(() => clearTimeout(tooLong));

  const close = async (): Promise<void> => {
    const found = await used;
    await found?.memory;
    found?.processes.close();
  };

  const end = async (): Promise<void> => {
    if (isTaken) return;
    isTaken = true;
    void close();
    await script.kill();
    await network?.close();
    script.frames.destroy();
    pipes.token.pipe.close();
    for (const { output } of [pipes.stdout, pipes.stderr, pipes.status]) output.destroy();
  };

  return {
    memoryBytes: used.then(async (found) => found?.memory),
    take: async (start): Promise<Runner | undefined> => {
      const fits = start?.shape.text === shape.text && (await ready);
      const found = fits ? await used : undefined;
      // What has just died may not be known as ended yet.
      if (isTaken || isGone || found === undefined || found.processes.look(maxWaitingProcesses).count === 0) {
        await end();
        return undefined;
      }
      isTaken = true;
      void close();
      return { script, pipes, network, go: start?.go, cpuMsBefore: found.cpuMs };
    },
    end,
  };
}
