import { access } from "node:fs/promises";
import { join } from "node:path";
import { SealrunError } from "@sealrun/protocol";
import { findCacheFolder } from "../setup/cache-folder.ts";
import type { Environment } from "../setup/find-on-path.ts";
import { findPrograms, type Programs } from "../setup/find-programs.ts";
import type { PartName } from "../parts/part.ts";
import { findDependencySettings } from "./dependency-settings.ts";
import { prepareDataFolder } from "./check-folder.ts";
import { type DataFolder, layOutDataFolder } from "./data-folder.ts";
import { findFreePort, requireFreePort } from "../servers/free-port.ts";
import { ensureKeys } from "./keys.ts";
import { metricsAddresses, writePartConfigs } from "./part-configs.ts";
import { ownProgram } from "./own-program.ts";
import { isReadyLine, readErrorLine } from "../part-log.ts";
import { ensureFolder } from "../files/private-files.ts";
import { forbidCoreDumps } from "../guard/forbid-core-dumps.ts";
import { type PartProcess, startPartProcess } from "./part-process.ts";
import { claimFolder } from "./running-dev.ts";
import { readServerSettings, startServers } from "../servers/start-servers.ts";

/** What to start. */
export interface DevOptions {
  readonly dataFolder: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error";
  /** The first of three ports on which the parts offer metrics; undefined for none. */
  readonly metricsPort?: number | undefined;
  /** The collector that gets the parts' spans; undefined for none. */
  readonly tracing?: string | undefined;
  /** Packages may ask for the whole network of this machine. */
  readonly allowHostNetwork?: boolean;
  readonly environment: Environment;
  /** Called with what a person waits for. */
  readonly say: (line: string) => void;
  /** Called with each step of the start. */
  readonly sayStep?: (line: string) => void;
  /** Aborts the start; a started platform is stopped with `stop`. */
  readonly signal: AbortSignal;
}

/** A whole platform on this machine. */
export interface Dev {
  readonly url: string;
  readonly token: string;
  readonly fingerprint: string;
  readonly folder: DataFolder;
  readonly programs: Programs;
  /** Settles with the name of the server or part that ended unexpectedly. */
  readonly ended: Promise<string>;
  /** Tells other commands, such as `sealrun dev --detach`, that everything is ready. */
  markReady(): Promise<void>;
  /** Stops everything in reverse order. */
  stop(): Promise<void>;
}

const partStartMs = 180_000;
const host = "127.0.0.1";

/** Starts PostgreSQL, NATS, keyring, platform and one executor on one data folder. If one fails to start, stops the others. */
export async function startDev(options: DevOptions): Promise<Dev> {
  const { environment, say, sayStep = () => undefined, signal } = options;
  const folder = layOutDataFolder(options.dataFolder);
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (let last = stops.pop(); last !== undefined; last = stops.pop()) await last();
  };
  const unlimited = await forbidCoreDumps();
  if (unlimited !== undefined) say(unlimited);
  try {
    readServerSettings(environment);
    await prepareDataFolder(folder.root);
    const claimed = await claimFolder(folder);
    stops.push(claimed.release);
    await ensureFolder(folder.logs);
    const port = await choosePort(options.port);
    if (options.metricsPort !== undefined) await requireMetricsPorts(options.metricsPort);
    const programs = await findPrograms({
      cacheFolder: await findCacheFolder(environment),
      environment,
      log: say,
      signal,
    });
    const keys = await ensureKeys(folder);
    sayStep("Starting PostgreSQL and NATS …");
    const servers = await startServers({ programs, dataFolder: folder.root, environment, signal });
    stops.push(async () => servers.stop());
    const { logLevel, metricsPort, tracing, allowHostNetwork = false } = options;
    const shared = { logLevel, metricsPort, tracing, allowHostNetwork };
    const dependencies = await findDependencySettings(environment, say);
    await writePartConfigs({ folder, keys, servers, programs, dependencies, port, ...shared });

    const parts: PartProcess[] = [];
    const run = async (name: PartName): Promise<void> => {
      const part = await startReadyPart(name, { folder, programs, signal });
      stops.push(async () => part.stop(20_000));
      parts.push(part);
    };
    sayStep("Starting keyring and platform …");
    await startBoth(run("keyring"), run("platform"));
    const url = `http://${host}:${port}`;
    if (!(await exists(folder.executorState))) await makeEnrolmentToken({ folder, programs, url });
    sayStep("Starting the executor …");
    await run("executor");
    return {
      url,
      token: keys.adminToken,
      fingerprint: keys.fingerprint,
      folder,
      programs,
      ended: Promise.race([servers.ended, ...parts.map(async (part) => part.ended.then(() => `the ${part.name}`))]),
      markReady: async () => claimed.markReady(url),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for all starts even when one fails, so that none goes on after the failure was handled. */
async function startBoth(...starts: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(starts)) if (outcome.status === "rejected") throw outcome.reason;
}

interface StartPartDeps {
  readonly folder: DataFolder;
  readonly programs: Programs;
  readonly signal?: AbortSignal;
}

async function startReadyPart(name: PartName, place: StartPartDeps): Promise<PartProcess> {
  // A signal that aborted between two starts no longer calls listeners.
  place.signal?.throwIfAborted();
  const logFile = join(place.folder.logs, `${name}.log`);
  const ready = Promise.withResolvers<void>();
  let failure: SealrunError | undefined;
  const part = await startPartProcess({
    programs: place.programs,
    name,
    command: process.execPath,
    args: [...ownProgram(), name, "--config", place.folder.config(name)],
    environment: {},
    logFile,
    onLine: (line) => {
      if (isReadyLine(line)) ready.resolve();
      else failure = readErrorLine(line) ?? failure;
    },
  });
  const late = AbortSignal.any([
    AbortSignal.timeout(partStartMs),
    ...(place.signal === undefined ? [] : [place.signal]),
  ]);
  const onLate = (): void =>
    ready.reject(new SealrunError("TIMED_OUT", `The ${name} was not ready in time; see ${logFile}`));
  late.addEventListener("abort", onLate, { once: true });
  void part.ended.then(() => {
    ready.reject(failure ?? new SealrunError("INTERNAL", `The ${name} could not start; see ${logFile}`));
  });
  try {
    await ready.promise;
    return part;
  } catch (error) {
    await part.stop();
    throw error;
  } finally {
    late.removeEventListener("abort", onLate);
  }
}

async function makeEnrolmentToken({ folder, programs, url }: StartPartDeps & { readonly url: string }): Promise<void> {
  const part = await startPartProcess({
    programs,
    name: "token",
    command: process.execPath,
    args: [
      ...ownProgram(),
      "keyring-token",
      "--config",
      folder.config("keyring"),
      "--output",
      folder.enrolmentToken,
      "--url",
      url,
    ],
    environment: {},
    logFile: join(folder.logs, "keyring.log"),
  });
  const { exitCode } = await part.ended;
  if (exitCode !== 0)
    throw new SealrunError("INTERNAL", `No enrolment token could be made; see ${join(folder.logs, "keyring.log")}`);
}

async function choosePort(port: number): Promise<number> {
  if (port === 0) return findFreePort(host);
  await requireFreePort(host, port, "--port");
  return port;
}

async function requireMetricsPorts(firstPort: number): Promise<void> {
  for (const address of Object.values(metricsAddresses(firstPort))) {
    await requireFreePort(host, Number(address.slice(address.lastIndexOf(":") + 1)), "--metrics-port");
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
