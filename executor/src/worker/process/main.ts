import { Socket } from "node:net";
import { join } from "node:path";
import { fromBase64 } from "@sealrun/crypto";
import { answeredError, SealrunError, toSealrunError } from "@sealrun/protocol";
import type { AttackTargets } from "../../between/attack-frames.ts";
import type { Say } from "../../between/preparation.ts";
import { useGrant } from "../../between/use-grant.ts";
import { sharedNow } from "../../between/shared-now.ts";
import type { ToWorker } from "../../between/worker-frames.ts";
import type { WorkerSettings } from "../../between/worker-settings.ts";
import { findForms } from "../../child/network/forms.ts";
import { createPipePool } from "../../child/output-pipes.ts";
import { givenSandbox } from "../../machine/given-sandbox.ts";
import { attackFromWorker } from "../../self-attack/attack-from-worker.ts";
import { attackOwnSandbox } from "../../self-attack/self-attack.ts";
import { runInWorkspace, type WorkspaceDeps } from "../attempt/run-in-workspace.ts";
import { firstShape } from "../warm/first-shape.ts";
import { createWarmRunners } from "../warm/warm-runners.ts";
import { logThrough } from "./log-frames.ts";
import { openSupervisorLink, type SupervisorLink } from "./supervisor-link.ts";

/*
 * The process of one worker. It runs one attempt after another, each with what the supervisor assigns: the event, the
 * keys of that attempt and a deadline. It holds no key of the executor and no login, and ends with its supervisor.
 */

const maxMessage = 1_000;

/** A worker that was started for an attempt gets it sooner: what boots then would take a processor from that. */
const beginMs = 250;
let beginning: NodeJS.Timeout | undefined;

type Assigned = Extract<ToWorker, { readonly t: "assign" }>;

let deps: Omit<WorkspaceDeps, "linesPerSecond" | "prepare"> | undefined;
let running: Running | undefined;

/** The attempt that runs. */
interface Running {
  readonly stop: (error: SealrunError) => void;
  /** Ends the run when the deadline has passed, by a timer that also looks after this process was stopped. */
  readonly setDeadline: (at: number) => void;
  /** Takes a line about the preparation of its package. */
  readonly say: Say;
}

const link = openSupervisorLink(new Socket({ fd: 3 }), {
  onOrder: (order) => {
    switch (order.t) {
      case "setup":
        deps = useSettings(order.settings);
        link.send({ t: "ready" });
        beginning = setTimeout(() => void deps?.warm?.begin(), beginMs);
        return;
      case "attack":
        clearTimeout(beginning);
        if (deps !== undefined) void attack(deps, order.targets);
        return;
      case "assign":
        if (deps === undefined || running !== undefined) {
          throw new SealrunError("INTERNAL", "The supervisor sent an attempt at the wrong time");
        }
        clearTimeout(beginning);
        void run(deps, order);
        return;
      case "deadline":
        running?.setDeadline(order.at);
        return;
      case "said":
        running?.say(order.level, order.text);
        return;
      case "stop":
        running?.stop(answeredError(order));
    }
  },
  // The kernel ends sandboxes with this process.
  onEnd: (error) => process.exit(error === undefined ? 0 : 70),
});

function useSettings(settings: WorkerSettings): NonNullable<typeof deps> {
  const { runtime: given, cacheDir, pipesDir, workDir } = settings;
  const sandbox = givenSandbox(settings.sandbox);
  const pipes = createPipePool(pipesDir);
  const log = logThrough(link);
  const limits = settings.stepLimits.defaults;
  const { allowsHost, requiresNetwork } = settings;
  const runtime = { ...given, python: given.python };
  const first = async () => firstShape({ sandbox, runtime, allowsHost, requiresNetwork, limits });
  const onMemory = (bytes: number): void => link.send({ t: "ahead", bytes });
  return {
    sandbox,
    runtime,
    pipes,
    warm: settings.warmRunners
      ? createWarmRunners({ sandbox, pipes, workDir, log, firstShape: first, onMemory })
      : undefined,
    filesDir: join(cacheDir, "files"),
    workDir,
    allowsHost,
    requiresNetwork,
    stepLimits: settings.stepLimits,
    log,
  };
}

/** What this process and a script could do that they must not, and the networks of its sandboxes, told to the supervisor. */
async function attack(given: NonNullable<typeof deps>, targets: AttackTargets): Promise<void> {
  const { sandbox, runtime, pipes, workDir } = given;
  const { stateFile, spool, executor } = targets;
  try {
    if (sandbox.kind === "none") throw new SealrunError("INTERNAL", "There is no sandbox to attack");
    const own = await attackFromWorker(targets);
    const options = { sandbox, runtime, pipes, workDir, stateFile, spool, executorUser: executor.user };
    const results = { ...(await attackOwnSandbox(options)), ...own };
    const networks = await findForms({ ...sandbox, allowsHost: given.allowsHost }, runtime);
    link.send({ t: "attacked", found: { results, networks } });
  } catch (error) {
    const { code, message } = toSealrunError(error);
    link.send({ t: "attacked", error: { code, message: message.slice(0, maxMessage) } });
  }
}

async function run(given: NonNullable<typeof deps>, assigned: Assigned): Promise<void> {
  const { event, ref, grant, keyringKey, linesPerSecond } = assigned;
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const stop = (error: SealrunError): void => ending.abort(error);
  const setDeadline = (at: number): void => {
    clearTimeout(timer);
    const passed = (): void => stop(new SealrunError("LEASE_LOST", "The attempt's lease expired"));
    timer = setTimeout(passed, Math.max(0, at - sharedNow()));
  };
  let listener: Say = () => undefined;
  running = { stop, setDeadline, say: (...line) => listener(...line) };
  setDeadline(assigned.deadline);
  const attempt = { event, ref, grant: useGrant(grant, event, fromBase64(keyringKey)), rpc: link.rpc };
  const report: SupervisorLink["report"] = async (item) => link.report(item);
  const outcome = await runInWorkspace(
    {
      ...given,
      linesPerSecond: () => linesPerSecond,
      prepare: async (say) => {
        listener = say;
        return link.prepare();
      },
    },
    attempt,
    report,
    ending.signal,
  );
  clearTimeout(timer);
  running = undefined;
  link.flush();
  const { measures } = outcome;
  const failure = outcome.kind === "run" ? outcome.failure : undefined;
  link.send({
    t: "ended",
    outcome:
      outcome.kind === "unfit" ? outcome : { kind: "run", measures, ...(failure === undefined ? {} : { failure }) },
  });
  await given.warm?.fill();
}
