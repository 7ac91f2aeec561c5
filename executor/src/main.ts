import { dirname, join } from "node:path";
import { spoolKey } from "@sealrun/crypto";
import { readPrivateFile } from "@sealrun/key-files";
import { connectNats, onLoginRefused } from "@sealrun/nats";
import { decodeEnrolmentToken, executorId, inboxPrefix, SealrunError } from "@sealrun/protocol";
import { createMetricSet, createTracer, serveMetrics } from "@sealrun/telemetry";
import type { Logger } from "pino";
import { preparerSettings } from "./between/preparer-settings.ts";
import { workerSettings } from "./between/worker-settings.ts";
import { hostsOfUrls } from "./child/network/hosts-of-urls.ts";
import { readHostRoots } from "./child/host-roots.ts";
import { openCgroup } from "./child/limits/cgroup.ts";
import { probeSandbox } from "./child/probe.ts";
import type { Sandbox } from "./child/start/step-options.ts";
import { hasSystemCallFilter } from "./child/seccomp/filter.ts";
import { openSlotUsers, type SlotUsers } from "./child/user/slot-users.ts";
import type { ExecutorConfig } from "./config.ts";
import { enrol } from "./enrol/enrol.ts";
import { keepCredentials, type KeepOptions, type KeptCredentials } from "./enrol/keep-credentials.ts";
import { type ExecutorState, readState, writeState } from "./enrol/state-file.ts";
import { listenToControl } from "./supervisor/lease/control.ts";
import { createEnds } from "./supervisor/report/ends.ts";
import { allowedLimits } from "./worker/attempt/allowed-limits.ts";
import { createPlatformRpc } from "./supervisor/platform/platform-rpc.ts";
import { announcePresence } from "./supervisor/queue/presence.ts";
import { openSpool } from "./supervisor/report/spool.ts";
import { workOnQueue } from "./supervisor/queue/work.ts";
import { openPreparer } from "./supervisor/preparer/preparer.ts";
import { openHomes } from "./supervisor/workers/open-homes.ts";
import { createWorkerPool } from "./supervisor/workers/worker-pool.ts";
import { findShortage } from "./machine/free-space.ts";
import { offerNetworks } from "./machine/offer-networks.ts";
import { probeMachine } from "./machine/probe-machine.ts";
import { createReadiness, type Readiness, type ReadinessDeps } from "./machine/readiness.ts";
import { createExecutorMetrics } from "./metrics/executor-metrics.ts";
import { proveSandbox } from "./self-attack/prove-sandbox.ts";
import { findEsbuild, findNpm, findRuntime, findProgram, presentProgram } from "./runtime-files.ts";
import { removeLeftovers } from "./workspace/remove-leftovers.ts";

/** How long runs that a drain ended have to report their ends; what is left is reported at the next start. */
const reportEndsMs = 15_000;

/** A running executor. */
export interface Executor {
  readonly id: string;
  /** Settles with the reason when the executor was revoked: its runs are ended, and it must be closed. */
  readonly revoked: Promise<SealrunError>;
  /** Takes no more executions, waits for the running ones (at most `drainMs`, then ends them), and disconnects. */
  close(): Promise<void>;
}

/** Starts an executor: tests the sandbox, enrols if needed, connects, and takes executions of its pool. */
export async function start(config: ExecutorConfig, deps: { readonly log: Logger }): Promise<Executor> {
  const { log } = deps;
  const metricSet = config.metrics === undefined ? undefined : await createMetricSet();
  const tracer =
    config.tracing === undefined ? undefined : createTracer(config.tracing, { service: "sealrun-executor", log });
  const stepLimits = allowedLimits(config);
  const sandbox = await chooseSandbox(config, log);
  const pipesFolder = join(config.cacheDir, "pipes");
  for (const root of [config.workDir, pipesFolder]) await removeLeftovers(root);
  const { workDir, stateFile, minSandbox } = config;
  const runtime = findRuntime(config.python);
  const spoolFolder = `${stateFile}.spool`;
  const range = sandbox.kind === "none" ? null : config.slotUids;
  const slotUsers = await openSlotUsers({ range, slots: config.slots });
  const settings = workerSettings.parse({
    sandbox: { ...sandbox, slirp4netns: presentProgram(config.slirp4netns) },
    runtime,
    workDir,
    cacheDir: config.cacheDir,
    pipesDir: pipesFolder,
    allowsHost: config.allowHostNetwork,
    requiresNetwork: config.requireNetwork,
    stepLimits,
    warmRunners: config.warmRunners,
  });
  const program = findProgram("worker");
  const { level, separation, networks } = await proveOrClose(
    { settings, program, stateFile, spool: spoolFolder, minSandbox, log },
    slotUsers,
  );
  const state = await loadState(config, log);
  const revoked = Promise.withResolvers<SealrunError>();
  const stopMetrics =
    metricSet === undefined || config.metrics === undefined
      ? async () => undefined
      : await serveMetrics(metricSet, config.metrics);
  const login = await openLogin(config, state, { log, onRevoked: revoked.resolve });
  const link = await connectNats({
    current: login.current,
    name: state.identity.id,
    inboxPrefix: inboxPrefix(executorId.parse(state.identity.id)),
  }).catch(async (error: unknown) => {
    await login.stop();
    await stopMetrics();
    throw error;
  });
  onLoginRefused(link, login.renewNow);
  const stopTaking = new AbortController();
  const endRuns = new AbortController();
  const giveUp = new AbortController();
  let isRevoked = false;
  void revoked.promise.then(() => {
    isRevoked = true;
    for (const controller of [stopTaking, endRuns, giveUp]) controller.abort();
  });
  const rpc = createPlatformRpc({ ...state, link });
  const dialRules = {
    allowed: config.allowedAddresses,
    refused: config.refusedAddresses,
    platformHosts: hostsOfUrls([login.current().url, config.platformUrl, state.platformUrl]),
  };
  const announced = { sandbox: level, ...offerNetworks(networks, { ...config, sandbox, log }) };
  const presence = announcePresence({ rpc, slots: config.slots, ...announced, log });
  const readiness = watchMachine(config, { sandbox, spoolFolder, onChange: presence.setTrouble, log });
  const control = listenToControl({
    link,
    executorId: executorId.parse(state.identity.id),
    platform: state.platform,
    log,
  });
  const spool = openSpool({ folder: spoolFolder, key: spoolKey(state.identity), executorId: state.identity.id });
  const ends = createEnds({ ...state, link, rpc, spool, log, giveUp: giveUp.signal });
  const left = ends.deliverLeft();
  const preparer = await openPreparer({
    settings: preparerSettings.parse({
      sandbox,
      runtime,
      npm: findNpm(),
      esbuild: findEsbuild(),
      dependencies: config.dependencies,
    }),
    cacheDir: config.cacheDir,
    program: findProgram("preparer"),
    separation: separation.kind === "own-user" ? { ...separation, users: slotUsers.preparers } : separation,
    log,
  });
  const outbound = networks.enforced.includes("outbound") ? {} : { slirp4netns: undefined };
  const homes = openHomes({
    settings: workerSettings.parse({ ...settings, sandbox: { ...settings.sandbox, dialRules, ...outbound } }),
    program,
    separation,
  });
  const workers = createWorkerPool({ homes, program, slots: config.slots, log });
  const metrics = metricSet === undefined ? undefined : createExecutorMetrics(metricSet);
  metrics?.watchWorkers(workers);
  metrics?.watchPreparers(preparer.counts);
  const work = {
    ...state,
    control,
    ends,
    presence,
    readiness,
    level,
    pool: state.pool.id,
    link,
    log,
    workers,
    preparer,
    linesPerSecond: presence.linesPerSecond,
    metrics,
    tracer,
    endRuns: endRuns.signal,
  };
  const working = workOnQueue(work, config.slots, stopTaking.signal);
  log.info(
    { executor: state.identity.id, pool: state.pool.name, slots: config.slots, sandbox: level },
    "The executor is ready and takes executions",
  );
  return {
    id: state.identity.id,
    revoked: revoked.promise,
    close: async () => {
      log.info({ drainMs: config.drainMs }, "Draining: no more executions are taken; waiting for running ones");
      stopTaking.abort();
      readiness.close();
      presence.drain();
      const timers = [
        setTimeout(() => endRuns.abort(), config.drainMs),
        setTimeout(() => giveUp.abort(), config.drainMs + reportEndsMs),
      ];
      await working;
      for (const timer of timers) clearTimeout(timer);
      await workers.close();
      await preparer.close();
      slotUsers.close();
      control.close();
      await ends.close();
      await left;
      // The platform must learn that this executor drains before the connection closes.
      await presence.close();
      await login.stop();
      // The client of a revoked executor never gets a connection over which it could send what is left.
      await (isRevoked ? link.connection.close() : link.close());
      await tracer?.close();
      await stopMetrics();
    },
  };
}

/** The level of the sandbox; its users are given back when it does not hold. */
async function proveOrClose(
  proof: Omit<Parameters<typeof proveSandbox>[0], "users">,
  slotUsers: SlotUsers,
): ReturnType<typeof proveSandbox> {
  try {
    return await proveSandbox({ ...proof, users: slotUsers.workers });
  } catch (error) {
    slotUsers.close();
    throw error;
  }
}

/** Stops the taking of executions while this machine cannot prepare a run. */
function watchMachine(
  { workDir, cacheDir, stateFile }: ExecutorConfig,
  deps: { readonly sandbox: Sandbox; readonly spoolFolder: string } & Pick<ReadinessDeps, "onChange" | "log">,
): Readiness {
  const cached = ["files", "dependencies", "bundles", "pipes"].map((name) => join(cacheDir, name));
  const machine = { folders: [workDir, ...cached, deps.spoolFolder], sandbox: deps.sandbox };
  return createReadiness({
    ...deps,
    probe: async () => probeMachine(machine),
    check: async () => findShortage([workDir, cacheDir, dirname(stateFile)]),
  });
}

async function chooseSandbox(config: ExecutorConfig, log: Logger): Promise<Sandbox> {
  if (config.unsafeNoSandbox) {
    log.warn("Scripts run without a sandbox: each can read everything that this user can");
    return { kind: "none" };
  }
  if (config.bwrap === null) {
    throw new SealrunError(
      "SANDBOX_UNAVAILABLE",
      "bubblewrap is not installed; install it, or start with --unsafe-no-sandbox where scripts are trusted",
    );
  }
  await probeSandbox(config.bwrap);
  if (!hasSystemCallFilter(process.arch)) {
    log.warn({ processor: process.arch }, "The sandbox has no filter of system calls on this processor, only on x64");
  }
  const { bwrap: program, hidden, tmpBytes } = config;
  const cgroup = config.cgroup === undefined ? undefined : openCgroup(config.cgroup);
  return { kind: "bubblewrap", program, hostRoots: await readHostRoots(), hidden, tmpBytes, cgroup };
}

/** The login from the settings, else that of the enrolment, which is renewed from now on. */
async function openLogin(
  config: ExecutorConfig,
  state: ExecutorState,
  deps: Pick<KeepOptions, "log" | "onRevoked">,
): Promise<KeptCredentials> {
  const { nats, stateFile } = config;
  const platformUrl = config.platformUrl ?? state.platformUrl;
  if (nats === undefined && platformUrl !== undefined) {
    const onRevoked = (cause: SealrunError): void => {
      const sentence = `This executor was revoked; to enrol this machine again, delete ${stateFile} and use a new token`;
      deps.onRevoked(new SealrunError("NOT_ENROLLED", sentence, { cause }));
    };
    return keepCredentials({ state, stateFile, platformUrl, log: deps.log, onRevoked });
  }
  const fixed = nats ?? state.nats;
  return { current: () => fixed, renewNow: () => undefined, stop: async () => undefined };
}

async function loadState(config: ExecutorConfig, log: Logger): Promise<ExecutorState> {
  const stored = await readState(config.stateFile);
  if (stored !== undefined) return stored;
  if (config.enrolmentTokenFile === undefined) {
    throw new SealrunError(
      "CONFIG_INVALID",
      `This executor is not enrolled: ${config.stateFile} does not exist and no enrolmentTokenFile is configured`,
    );
  }
  const token = Buffer.from(await readPrivateFile(config.enrolmentTokenFile, "CONFIG_INVALID")).toString("latin1");
  const state = await enrol(decodeEnrolmentToken(token.trim()));
  await writeState(config.stateFile, state);
  log.info({ executor: state.identity.id, pool: state.pool.name }, "Enrolled");
  return state;
}
