import { Socket } from "node:net";
import { join } from "node:path";
import { fromBase64 } from "@sealrun/crypto";
import { answeredError, SealrunError } from "@sealrun/protocol";
import { useGrant } from "../../between/use-grant.ts";
import { sharedNow } from "../../between/shared-now.ts";
import type { ToWorker } from "../../between/worker-frames.ts";
import type { WorkerSettings } from "../../between/worker-settings.ts";
import { createPipePool } from "../../child/output-pipes.ts";
import type { Sandbox } from "../../child/start/step-options.ts";
import { openDependencies } from "../../dependencies/dependencies.ts";
import { openPackageFiles } from "../attempt/package-files.ts";
import { runInWorkspace, type WorkspaceDeps } from "../attempt/run-in-workspace.ts";
import { logThrough } from "./log-frames.ts";
import { openSupervisorLink, type SupervisorLink } from "./supervisor-link.ts";

/*
 * The process of one worker. It runs one attempt after another, each with what the supervisor assigns: the event, the
 * keys of that attempt and a deadline. It holds no key of the executor and no login, and ends with its supervisor.
 */

type Assigned = Extract<ToWorker, { readonly t: "assign" }>;

let deps: Promise<Omit<WorkspaceDeps, "linesPerSecond">> | undefined;
let running: Running | undefined;

/** The attempt that runs. */
interface Running {
  readonly stop: (error: SealrunError) => void;
  /** Ends the run when the deadline has passed, by a timer that also looks after this process was stopped. */
  readonly setDeadline: (at: number) => void;
}

const link = openSupervisorLink(new Socket({ fd: 3 }), {
  onOrder: (order) => {
    switch (order.t) {
      case "setup":
        deps = prepare(order.settings);
        void deps.then(() => link.send({ t: "ready" }));
        return;
      case "assign":
        if (deps === undefined || running !== undefined) {
          throw new SealrunError("INTERNAL", "The supervisor sent an attempt at the wrong time");
        }
        void run(deps, order);
        return;
      case "deadline":
        running?.setDeadline(order.at);
        return;
      case "stop":
        running?.stop(answeredError(order));
    }
  },
  // The kernel ends sandboxes with this process.
  onEnd: (error) => process.exit(error === undefined ? 0 : 70),
});

async function prepare(settings: WorkerSettings): Promise<Omit<WorkspaceDeps, "linesPerSecond">> {
  const { runtime: given, cacheDir, npm } = settings;
  const runtime = { ...given, python: given.python };
  const sandbox = sandboxOf(settings.sandbox);
  return {
    sandbox,
    runtime,
    pipes: createPipePool(join(cacheDir, "pipes")),
    compiler: { bubblewrap: sandbox.kind === "none" ? undefined : sandbox.program, esbuild: settings.esbuild },
    files: await openPackageFiles(join(cacheDir, "files")),
    dependencies: await openDependencies({
      programs: {
        sandbox,
        node: runtime.node,
        npm,
        python: runtime.python,
        pipWheel: settings.dependencies.pip ?? undefined,
      },
      settings: settings.dependencies,
      cacheDir: join(cacheDir, "dependencies"),
    }),
    workDir: settings.workDir,
    bundleDir: join(cacheDir, "bundles"),
    stepLimits: settings.stepLimits,
    log: logThrough(link),
  };
}

function sandboxOf(given: WorkerSettings["sandbox"]): Sandbox {
  if (given.kind === "none") return given;
  const { tmpBytes, ...rest } = given;
  const hostRoots = given.hostRoots.map(({ path, link: target }) => ({ path, link: target }));
  return { ...rest, hostRoots, ...(tmpBytes === undefined ? {} : { tmpBytes }) };
}

async function run(prepared: NonNullable<typeof deps>, assigned: Assigned): Promise<void> {
  const { event, ref, grant, keyringKey, linesPerSecond, user } = assigned;
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const stop = (error: SealrunError): void => ending.abort(error);
  const setDeadline = (at: number): void => {
    clearTimeout(timer);
    const passed = (): void => stop(new SealrunError("LEASE_LOST", "The attempt's lease expired"));
    timer = setTimeout(passed, Math.max(0, at - sharedNow()));
  };
  running = { stop, setDeadline };
  setDeadline(assigned.deadline);
  const attempt = { event, ref, grant: useGrant(grant, event, fromBase64(keyringKey)), rpc: link.rpc };
  const report: SupervisorLink["report"] = async (item) => link.report(item);
  const outcome = await runInWorkspace(
    { ...(await prepared), linesPerSecond: () => linesPerSecond, user },
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
}
