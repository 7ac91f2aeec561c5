import { toBase64 } from "@sealrun/crypto";
import type { Peer } from "@sealrun/nats";
import { type AttemptRef, type ExecutionEvent, type Grant, SealrunError, toSealrunError } from "@sealrun/protocol";
import { maxOpenAsks } from "../../between/asks.ts";
import type { AttemptRpc } from "../../between/attempt-rpc.ts";
import { openFrameLink } from "../../between/frame-link.ts";
import type { AttemptLog } from "../../between/attempt-log.ts";
import type { Outcome } from "../../between/outcome.ts";
import type { PreparedPackage, Say } from "../../between/preparation.ts";
import { maxPieceBytes, type ReportPiece } from "../../between/report-piece.ts";
import {
  type FromWorker,
  fromWorker,
  reportCredit,
  type ToWorker,
  workerFrameBytes,
} from "../../between/worker-frames.ts";
import type { ProcessMark } from "../../child/process-tree.ts";
import { answerAsk } from "./answer-ask.ts";
import { killTree, marksBelow, waitUntilAllGone } from "./kill-tree.ts";
import { startInHome } from "./start-in-home.ts";
import type { WorkerHome } from "./worker-home.ts";
import { createWorkerLog } from "./worker-log.ts";

/** How often a worker is watched. All waits are counted in these ticks, so that a supervisor that was stopped does not count. */
const tickMs = 1_000;
/** A worker that says nothing for so many ticks is ended. */
const silentTicks = 10;
/** The same for one whose socket has ended: the end of its process comes a moment later, unless it goes on without. */
const cutTicks = 2;
/** The same for one that starts, on a busy machine. */
const startTicks = 60;
/** Reports that a worker may have sent and not been answered: a report item has more than 64 bytes. */
const maxOpenReports = reportCredit / 64;

/** One granted attempt for a worker. */
export interface Assignment {
  readonly event: ExecutionEvent;
  readonly ref: AttemptRef;
  readonly grant: Grant;
  readonly keyring: Pick<Peer, "signPublic">;
  readonly linesPerSecond: number;
  /** When its script must be gone, on the clock of `sharedNow()`. */
  readonly deadline: number;
}

/** What the supervisor does for a worker while an attempt runs. */
export interface AttemptServices {
  readonly rpc: AttemptRpc;
  /** Prepares the attempt's package, once. */
  readonly prepare: (say: Say) => Promise<PreparedPackage>;
  /** Takes report items; pending while there are too many. */
  readonly report: (piece: ReportPiece) => Promise<void>;
  /** Ends the attempt; its reason is told to the worker. */
  readonly signal: AbortSignal;
  /** Calls `listener` with each new deadline, until the returned function is called. */
  readonly onDeadline: (listener: (at: number) => void) => () => void;
}

/** A worker's process. */
export interface WorkerProcess {
  /** The process that was started; the others end with it. */
  readonly pid: number;
  /** The one that runs the worker's program, once it is ready: bubblewrap may be between the two. */
  readonly programPid: () => number;
  /** Settles when it can take an attempt, or has ended. */
  readonly ready: Promise<void>;
  /** Whether bubblewrap has started it, in namespaces of its own. */
  readonly isSeparate: boolean;
  /** Whether it can take an attempt, now or soon. */
  readonly isAlive: () => boolean;
  /** Bytes of memory of the runner that it keeps ready; 0 without one. */
  readonly aheadBytes: () => number;
  /** Runs one attempt. Rejects with `WORKER_LOST` when the process ends first, is silent or breaks the rules. */
  run(assignment: Assignment, services: AttemptServices): Promise<Outcome>;
  /** Settles when it and everything below it is gone. */
  readonly gone: Promise<void>;
  /** Ends it, and resolves as `gone`. */
  close(): Promise<void>;
}

interface Running extends AttemptServices {
  readonly ended: PromiseWithResolvers<Outcome>;
  hasPrepared: boolean;
  openAsks: number;
  openReports: number;
  reportedBytes: number;
  reporting: Promise<void>;
}

/** Starts a worker in its home: `program` is its first file. */
export function startWorker(
  home: Pick<WorkerHome, "settings" | "command" | "isSeparate">,
  deps: { readonly log: AttemptLog; readonly program: string },
): WorkerProcess {
  const { pid, exited, socket } = startInHome(home, deps.program, { what: "worker" });
  let below: readonly ProcessMark[] = [];
  const ready = Promise.withResolvers<void>();
  let isReady = false;
  let isAlive = true;
  let quietTicks = 0;
  let isCut = false;
  let aheadBytes = 0;
  let openPings = 0;
  const workerLog = createWorkerLog(deps.log, pid);
  let running: Running | undefined;

  const lose = (why: string): void => {
    if (!isAlive) return;
    isAlive = false;
    aheadBytes = 0;
    clearInterval(watch);
    below = [...below, ...killTree(pid)];
    link.close();
    ready.resolve();
    const run = running;
    running = undefined;
    run?.ended.reject(new SealrunError("WORKER_LOST", `The process that ran this execution ${why}`));
  };
  const receive = (frame: FromWorker, raw: Uint8Array | undefined): void => {
    quietTicks = 0;
    switch (frame.t) {
      case "ready":
        // Each costs a look at all processes of the machine.
        if (isReady) throw new SealrunError("MALFORMED", "A worker is ready once");
        isReady = true;
        // Its children have another parent when it has ended.
        below = marksBelow(pid);
        ready.resolve();
        return;
      case "pong":
        openPings -= 1;
        if (openPings < 0) throw new SealrunError("MALFORMED", "A worker answered what it was not asked");
        return;
      case "ahead":
        workerLog.note();
        aheadBytes = frame.bytes;
        return;
      case "ask":
        return answer(expectRunning(), frame);
      case "report":
        return takeReport(expectRunning(), frame, raw);
      case "log":
        return workerLog.write(frame);
      case "attacked":
        throw new SealrunError("MALFORMED", "A worker that was told to attack nothing did");
      case "ended":
        return void finish(expectRunning(), frame.outcome);
    }
  };
  const expectRunning = (): Running => {
    if (running === undefined) throw new SealrunError("MALFORMED", "A worker without an attempt sent a frame of one");
    return running;
  };
  const answer = (run: Running, { id, op, body }: Extract<FromWorker, { readonly t: "ask" }>): void => {
    run.openAsks += 1;
    if (run.openAsks > maxOpenAsks) throw new SealrunError("MALFORMED", "A worker asked for too much at once");
    const reply = async (): Promise<void> => {
      let said: ToWorker;
      try {
        const value = op === "prepare" ? await prepareFor(run) : await answerAsk(run.rpc, op, body);
        said = { t: "answer", id, value };
      } catch (error) {
        const { code, message } = toSealrunError(error);
        said = { t: "refusal", id, error: { code, message } };
      }
      // An answer that the worker does not read counts as open, so that few are in memory.
      if (running === run) await link.send(said);
      run.openAsks -= 1;
    };
    void reply();
  };
  const prepareFor = async (run: Running): Promise<PreparedPackage> => {
    if (run.hasPrepared) throw new SealrunError("MALFORMED", "A package is prepared once in an attempt");
    run.hasPrepared = true;
    return run.prepare((level, text) => {
      if (running === run) void link.send({ t: "said", level, text });
    });
  };
  const takeReport = (
    run: Running,
    { urgency, ends }: Extract<FromWorker, { readonly t: "report" }>,
    raw: Uint8Array | undefined,
  ): void => {
    if (raw === undefined || raw.length === 0 || raw.length > maxPieceBytes) {
      throw new SealrunError("MALFORMED", `A report has 1 to ${maxPieceBytes} bytes`);
    }
    run.reportedBytes += raw.length;
    run.openReports += 1;
    if (run.reportedBytes > reportCredit + workerFrameBytes || run.openReports > maxOpenReports) {
      throw new SealrunError("MALFORMED", "A worker reported more than it may at once");
    }
    const take = async (): Promise<void> => {
      await run.report({ items: raw, urgency, ends });
      run.reportedBytes -= raw.length;
      // Credit that the worker does not read counts as open, as answers do.
      if (running === run) await link.send({ t: "credit", bytes: raw.length });
      run.openReports -= 1;
    };
    run.reporting = Promise.all([run.reporting, take()]).then(() => undefined);
    // It is awaited at the end of the attempt.
    run.reporting.catch(() => undefined);
  };
  const finish = async (
    run: Running,
    outcome: Extract<FromWorker, { readonly t: "ended" }>["outcome"],
  ): Promise<void> => {
    running = undefined;
    try {
      await run.reporting;
      run.ended.resolve(outcome.kind === "run" ? { ...outcome, failure: outcome.failure } : outcome);
    } catch (error) {
      run.ended.reject(error);
    }
  };
  const link = openFrameLink<FromWorker, ToWorker>(socket, {
    schema: fromWorker,
    maxBytes: workerFrameBytes,
    onFrame: receive,
    onEnd: (error) => {
      isCut = true;
      quietTicks = 0;
      if (error === undefined) return;
      deps.log.error({ err: error, worker: pid }, "A worker broke the rules and is ended");
      lose("sent what no worker may send, and was ended");
    },
  });
  const watch = setInterval(() => {
    if (running === undefined && isReady && !isCut) return;
    quietTicks += 1;
    if (isCut && quietTicks >= cutTicks) lose("closed its connection, and was ended");
    else if (quietTicks >= (isReady ? silentTicks : startTicks)) lose("did not answer for a while, and was ended");
    else if (isReady) {
      openPings += 1;
      void link.send({ t: "ping" });
    }
  }, tickMs);
  const gone = exited.then(async ({ signal, exitCode, failure }) => {
    lose(failure !== undefined ? "could not be started" : `ended (${signal ?? `exit code ${exitCode ?? "unknown"}`})`);
    await waitUntilAllGone(below);
  });
  void link.send({ t: "setup", settings: home.settings });

  return {
    pid,
    isSeparate: home.isSeparate,
    programPid: () => (home.isSeparate ? (below[1]?.id ?? pid) : pid),
    ready: ready.promise,
    isAlive: () => isAlive,
    aheadBytes: () => aheadBytes,
    run: async ({ event, ref, grant, keyring, linesPerSecond, deadline }, services) => {
      if (!isAlive || running !== undefined) throw new SealrunError("WORKER_LOST", "");
      const run: Running = {
        ...services,
        ended: Promise.withResolvers(),
        hasPrepared: false,
        openAsks: 0,
        openReports: 0,
        reportedBytes: 0,
        reporting: Promise.resolve(),
      };
      running = run;
      quietTicks = 0;
      workerLog.restart();
      const { signal } = services;
      const stop = (): void => {
        const { code, message } = reasonOf(signal);
        void link.send({ t: "stop", code, message });
      };
      void link.send({
        t: "assign",
        event,
        ref,
        grant,
        keyringKey: toBase64(keyring.signPublic),
        linesPerSecond,
        deadline,
      });
      const forget = services.onDeadline((at) => void link.send({ t: "deadline", at }));
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
      try {
        return await run.ended.promise;
      } finally {
        forget();
        signal.removeEventListener("abort", stop);
      }
    },
    close: async () => {
      lose("was ended with its executor");
      await gone;
    },
    gone,
  };
}

function reasonOf(signal: AbortSignal): SealrunError {
  return signal.reason instanceof SealrunError ? signal.reason : new SealrunError("CANCELLED", "");
}
