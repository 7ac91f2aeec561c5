import { hostname } from "node:os";
import { fromBase64, importIdentity } from "@sealrun/crypto";
import { connectNats, describeOldServer } from "@sealrun/nats";
import { createRounds, migrate, openDatabase, watchFitness } from "@sealrun/postgres";
import {
  decode,
  errorCodeOf,
  inboxPrefix,
  limits,
  maxStepLimits,
  publicIdentity,
  readLimits,
  SealrunError,
  withDefaults,
} from "@sealrun/protocol";
import { createMetricSet, createTracer, type MetricSet, serveMetrics } from "@sealrun/telemetry";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { forgetEndedSessions } from "./access/session-store.ts";
import { saveAdminToken } from "./access/store.ts";
import { startAudit } from "./audit/audit.ts";
import { openChangeNotices } from "./live/change-notices.ts";
import { openKept } from "./cache/kept.ts";
import { openStorageKey, type PlatformConfig } from "./config.ts";
import type { Deps } from "./deps.ts";
import { openFeedNotices } from "./live/feed-notices.ts";
import { forgetPuts } from "./executions/state-store.ts";
import { startWork } from "./start-work.ts";
import { followRevocations } from "./executors/follow-revocations.ts";
import { holdAtStart, showHold } from "./hold/hold.ts";
import { hearReports } from "./reports/hear-reports.ts";
import { showGauges } from "./health/show-gauges.ts";
import { measureDaily } from "./health/table-sizes.ts";
import { createPlatformMetrics } from "./metrics/platform-metrics.ts";
import { forgetOldKeys } from "./start/idempotency-store.ts";
import { findHold } from "./hold/store.ts";
import { buildServer } from "./http/server.ts";
import { forgetUnfinished } from "./packages/store.ts";
import { startRetention } from "./retention/delete-old.ts";
import { startScheduler } from "./schedules/run-due.ts";
import { claimInstallation } from "./postgres/installation.ts";
import { readPrivateFile, readPublicFile } from "@sealrun/key-files";

/** A running platform. */
export interface RunningPlatform {
  /** Base of its HTTP API, with the chosen port. */
  readonly url: string;
  /** Stops the parts in reverse order; requests in progress are answered first. */
  close(): Promise<void>;
}

/** Options of a start besides the settings. */
export interface PlatformOptions {
  readonly log: Logger;
  /** Folder of the built web UI; without it, `/` says how to build it. */
  readonly webFolder?: string | undefined;
  /** Holds every platform on this database before anything starts, until an admin ends the hold. */
  readonly hold?: boolean | undefined;
}

/** Folder of the numbered SQL files; the same from `src` and from `dist`. */
export const migrationsFolder = new URL("../sql/", import.meta.url);
const applicationName = "sealrun platform";
const forgetMs = 3_600_000;

/**
 * Starts the platform: keys, database, NATS, executions, due times, HTTP, in this order. On failure it closes what it
 * opened and throws the code of the cause: `CONFIG_INVALID`, `ROOT_KEY_UNREADABLE`, `WRONG_ROOT_KEY`, `…_UNREACHABLE`,
 * `DATABASE_NEWER`, `PORT_TAKEN`.
 */
export async function start(config: PlatformConfig, options: PlatformOptions): Promise<RunningPlatform> {
  const closers: (() => Promise<void>)[] = [];
  const metricSet = config.metrics === undefined ? undefined : await createMetricSet();
  const close = async (): Promise<void> => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
  };
  try {
    const deps = await connect(config, { ...options, metricSet }, closers);
    if (metricSet !== undefined && config.metrics !== undefined) {
      showGauges(metricSet, deps);
      closers.push(await serveMetrics(metricSet, config.metrics));
    }
    const notices = await openFeedNotices(deps.database);
    closers.push(async () => notices.close());
    const changes = await openChangeNotices(deps.database, notices);
    closers.push(async () => changes.close());
    const kept = await openKept(deps.database);
    closers.push(async () => kept.close());
    const revocations = followRevocations(deps);
    closers.push(revocations.close);
    closers.push(await startWork({ ...deps, kept, revocations }));
    closers.push(await startScheduler(deps));
    closers.push(await startRetention(deps));
    closers.push(measureDaily(deps));
    const audit = await startAudit(deps, config.auditCheckpointFile);
    closers.push(async () => audit.close());
    const app = await buildServer(
      { ...deps, notices, changes, lines: hearReports({ ...deps, kept }), audit, kept },
      {
        webFolder: options.webFolder,
        trustedProxies: config.trustedProxies,
        allowedHosts: [hostname(), config.listen.host, ...(config.allowedHosts ?? [])],
      },
    );
    closers.push(async () => app.close());
    const url = await listen(app, config.listen);
    closers.push(forgetUnused(deps));
    options.log.info({ url }, "The platform listens");
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens the connections and keys that the rooms use, and adds to `closers` how to close them. */
async function connect(
  config: PlatformConfig,
  { log, hold = false, metricSet }: PlatformOptions & { readonly metricSet: MetricSet | undefined },
  closers: (() => Promise<void>)[],
): Promise<Deps> {
  const { platformId } = config;
  const storageKey = await openStorageKey(config);
  const identity = importIdentity(await readPrivateFile(config.identityFile, "CONFIG_INVALID"));
  const keyring = decode(publicIdentity, await readPublicFile(config.keyringIdentityFile, "CONFIG_INVALID"));
  await migrate({ config: config.postgres, applicationName, folder: migrationsFolder });
  const tracer =
    config.tracing === undefined ? undefined : createTracer(config.tracing, { service: "sealrun-platform", log });
  if (tracer !== undefined) closers.push(tracer.close);
  const metrics = metricSet === undefined ? undefined : createPlatformMetrics(metricSet);
  const onStatement = metrics?.statement;
  const database = await openDatabase({ config: config.postgres, applicationName, onStatement });
  closers.push(async () => database.close());
  const fitness = watchFitness(database, log);
  closers.push(fitness.close);
  await claimInstallation(database, { platformId, key: storageKey });
  const state = hold ? await holdAtStart(database) : showHold(await findHold(database));
  if (state.hold !== null)
    log.warn(state.hold, "The platform is held: nothing new starts until sealrun platform resume");
  await saveAdminToken(database, config.adminTokenSha256);
  const link = await connectNats({ ...config.nats, name: applicationName, inboxPrefix: inboxPrefix("platform") });
  closers.push(async () => link.close());
  const oldServer = describeOldServer(link);
  if (oldServer !== undefined) log.warn(oldServer);
  const peer = { id: keyring.id, signPublic: fromBase64(keyring.signPublic) };
  const linesPerSecond = config.outputLinesPerSecond ?? limits.outputLinesPerSecond;
  const maxLimits = withDefaults(readLimits(config.maxLimits ?? {}), maxStepLimits);
  return {
    platformId,
    database,
    fitness,
    link,
    identity,
    keyring: peer,
    storageKey,
    linesPerSecond,
    maxLimits,
    log,
    metrics,
    tracer,
  };
}

async function listen(app: FastifyInstance, { host, port }: PlatformConfig["listen"]): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const code = errorCodeOf(error) ?? "";
    if (code !== "EADDRINUSE" && code !== "EACCES" && code !== "EADDRNOTAVAIL") throw error;
    const what = code === "EADDRINUSE" ? "is in use" : "cannot be listened on";
    throw new SealrunError("PORT_TAKEN", `${host}:${port} ${what} (${code}); name another port, or 0 for a free one`, {
      cause: error,
    });
  }
}

/** Now and every hour deletes packages that were announced and never pushed, ended sessions, and old notes of requests. */
function forgetUnused({ database, log }: Pick<Deps, "database" | "log">): () => Promise<void> {
  const rounds = createRounds(async () => {
    try {
      await Promise.all([
        forgetUnfinished(database),
        forgetEndedSessions(database),
        forgetOldKeys(database),
        forgetPuts(database),
      ]);
    } catch (error) {
      const message =
        "Unfinished packages, ended sessions and old notes of requests could not be removed; trying again in an hour";
      log.error({ err: error }, message);
    }
    return forgetMs;
  });
  rounds.ring();
  return rounds.close;
}
