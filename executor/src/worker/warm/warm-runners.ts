import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { AttemptLog } from "../../between/attempt-log.ts";
import { makeOwnFolder } from "../../child/own-folder.ts";
import type { PipePool } from "../../child/output-pipes.ts";
import type { Sandbox } from "../../child/start/step-options.ts";
import { startAhead, type WaitingProcess } from "../../child/warm/start-ahead.ts";
import type { StartedAhead, WarmShape } from "../../child/warm/warm-shape.ts";
import { removeFolder } from "../../workspace/remove-folder.ts";

/** The runner that a worker keeps ready ahead of its next attempt. */
export interface WarmRunners {
  /** Hands over what waits. Each attempt opens it once, and ends it. */
  readonly open: () => Promise<AttemptRunner>;
  /** Starts the first one, for a worker that has had no attempt. */
  readonly begin: () => Promise<void>;
  /**
   * Starts what the first step of the last attempt needed. Call it when no script runs: a runtime that boots would take a
   * processor from it. The dependencies of that attempt must stay where they are until the next one has ended.
   */
  readonly fill: () => Promise<void>;
}

/** What waits for the first step of one attempt. */
interface AttemptRunner {
  /** The folder that it shows as the work folder: the attempt's files go there, and the attempt removes it. */
  readonly place: RunFolder | undefined;
  readonly startedAhead: StartedAhead;
  /** Ends what no step has taken. */
  readonly end: () => Promise<void>;
}

/** A run's folder, and the one around it. */
export interface RunFolder {
  readonly scratch: string;
  readonly folder: string;
}

interface Waiting {
  readonly process: WaitingProcess;
  readonly place: RunFolder;
}

/** What starts runners ahead. */
export interface WarmDeps {
  readonly sandbox: Sandbox;
  readonly pipes: PipePool;
  readonly workDir: string;
  readonly log: AttemptLog;
  /** What is started before there was an attempt. */
  readonly firstShape: () => Promise<WarmShape | undefined>;
  /** Called with the memory of the runner that waits, and with 0 when none does. */
  readonly onMemory: (bytes: number) => void;
}

/**
 * Keeps at most one runner ahead. It is started from settings and a folder that no run has seen, so nothing of an earlier
 * attempt is in it; it serves the first step of the next attempt if that has exactly its shape.
 */
export function createWarmRunners(deps: WarmDeps): WarmRunners {
  const { sandbox, pipes, workDir, log, onMemory } = deps;
  let needed: WarmShape | undefined;
  let waiting: Promise<Waiting | undefined> | undefined;

  const start = async (shapeOf: () => Promise<WarmShape | undefined>): Promise<Waiting | undefined> => {
    let scratch: string | undefined;
    try {
      const shape = await shapeOf();
      if (shape === undefined) return undefined;
      scratch = await makeOwnFolder(workDir, "ahead");
      const folder = join(scratch, "work");
      await mkdir(folder, { mode: 0o700 });
      const process = await startAhead({ sandbox, shape, folder, pipes });
      void process.memoryBytes.then((bytes) => bytes !== undefined && onMemory(bytes));
      return { process, place: { scratch, folder } };
    } catch (error) {
      log.warn({ err: error }, "A runner could not be started ahead; the next run starts its own");
      if (scratch !== undefined) await removeFolder(scratch).catch(() => undefined);
      return undefined;
    }
  };

  return {
    open: async () => {
      const found = await waiting;
      waiting = undefined;
      needed = undefined;
      if (found !== undefined) onMemory(0);
      let isFirst = true;
      return {
        place: found?.place,
        startedAhead: {
          take: async (plan) => {
            if (!isFirst) return undefined;
            isFirst = false;
            const start = await plan();
            needed = start?.shape;
            return found?.process.take(start);
          },
        },
        end: async () => found?.process.end(),
      };
    },
    begin: async () => {
      waiting ??= start(deps.firstShape);
      await waiting;
    },
    fill: async () => {
      const shape = needed;
      if (shape === undefined || waiting !== undefined) return;
      waiting = start(async () => shape);
      await waiting;
    },
  };
}
