import { fingerprint, fromBase64, type Identity, type SymmetricKey } from "@sealrun/crypto";
import { connectNats } from "@sealrun/nats";
import {
  type AcceptedBreak,
  type CheckReport,
  type Database,
  migrate,
  openDatabase,
  watchFitness,
} from "@sealrun/postgres";
import { inboxPrefix } from "@sealrun/protocol";
import { createMetricSet, createTracer, type MetricSet, serveMetrics } from "@sealrun/telemetry";
import { answerRequests } from "./answer-requests.ts";
import { forgetRegularly } from "./answered-frames/forget.ts";
import type { KeyringLog } from "./audit/log.ts";
import { continueAudit as accept, type Continuation, sealAudit, verifyAudit as verify } from "./audit/chain.ts";
import { showGauges } from "./audit/show-gauges.ts";
import { forgetGrants } from "./attempts/forget-grants.ts";
import { type KeyringConfig, openWrappingKey, readIdentity, readPlatformIdentity } from "./config.ts";
import { announceRevocations } from "./enrolment/announce-revocations.ts";
import { issueToken, type TokenRights } from "./enrolment/issue-token.ts";
import { openNatsAccess } from "./enrolment/nats-access.ts";
import { revokeExecutor as revoke } from "./enrolment/revoke.ts";
import { revokeLogins } from "./enrolment/revoke-logins.ts";
import { checkRootKey } from "./root-key/check-root-key.ts";
import { createKeyringMetrics } from "./metrics/keyring-metrics.ts";
import { createKeptStatements } from "./scope-keys/kept-statements.ts";

const applicationName = "sealrun-keyring";
const cannotRevoke =
  'A revoked executor keeps its NATS login until it expires: natsAccountSeedFile has no "revocation"; run "sealrun nats-setup" again to change that';
/** As long as the platform keeps executions by default. */
const defaultGrantsDays = 90;
/** The numbered SQL files of the keyring's own database. */
export const migrationsFolder = new URL("../sql/", import.meta.url);

/** A running keyring. */
export interface Keyring {
  /** The fingerprint of its signing key, which clients pin. */
  readonly fingerprint: string;
  /** Finishes the answers under way, then ends its connections. */
  close(): Promise<void>;
}

/**
 * Starts a keyring; any number may run on one database. Refuses to start with `CONFIG_INVALID`, `ROOT_KEY_UNREADABLE`,
 * `WRONG_ROOT_KEY`, `DATABASE_NEWER`, `POSTGRES_UNREACHABLE` or `NATS_UNREACHABLE`. Aborting the signal closes it.
 */
export async function start(
  config: KeyringConfig,
  options: { readonly log: KeyringLog; readonly signal?: AbortSignal },
): Promise<Keyring> {
  const platform = await readPlatformIdentity(config);
  const natsAccess = await openNatsAccess(config);
  const metricSet = config.metrics === undefined ? undefined : await createMetricSet();
  const metrics = metricSet === undefined ? undefined : createKeyringMetrics(metricSet);
  const { identity, rootKey, database } = await open(config, metrics?.statement);
  const tracer =
    config.tracing === undefined
      ? undefined
      : createTracer(config.tracing, { service: "sealrun-keyring", log: options.log });
  const stopMetrics = await offerMetrics(config, { metricSet, database }).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const part = { name: applicationName, inboxPrefix: inboxPrefix("keyring") };
  const link = await connectNats({ ...config.nats, ...part }).catch(async (error: unknown) => {
    await stopMetrics();
    await database.close();
    throw error;
  });
  const logins = revokeLogins({ database, link, revoker: natsAccess.revoker, log: options.log });
  const announced = announceRevocations({ database, link, revokeLogins: logins.ring });
  const stopAnnouncing = await announced.catch(async (error: unknown) => {
    await logins.close();
    await link.close();
    await stopMetrics();
    await database.close();
    throw error;
  });
  const fitness = watchFitness(database, options.log);
  const answers = answerRequests({
    database,
    fitness,
    link,
    identity,
    rootKey,
    statements: createKeptStatements(),
    platformId: config.platformId,
    platformSignPublic: fromBase64(platform.signPublic),
    platformBoxPublic: fromBase64(platform.boxPublic),
    natsAccess,
    log: options.log,
    metrics,
    tracer,
  });
  const own = fingerprint(identity.signPublic);
  options.log.info({ fingerprint: own }, "The keyring answers");
  if (config.natsAccountSeedFile !== undefined && natsAccess.revoker === undefined) options.log.info({}, cannotRevoke);
  const sealer = sealAudit({ database, rootKey }, options.log);
  const forgetting = forgetRegularly(database, options.log);
  const grants = forgetGrants({ database, fitness, log: options.log }, config.grantsDays ?? defaultGrantsDays);
  const close = once(async () => {
    await answers.close();
    await stopAnnouncing();
    await logins.close();
    await grants.close();
    await sealer.close();
    await forgetting.close();
    await link.close();
    await fitness.close();
    await tracer?.close();
    await stopMetrics();
    await database.close();
  });
  closeOnAbort(options.signal, close, options.log);
  return { fingerprint: own, close };
}

/**
 * Makes a one-time enrolment token as text; an executor that uses it within 15 minutes joins that pool. Needs the
 * keyring's files and database, not a running keyring. Fails like `start`, and with `NAME_NOT_ALLOWED`.
 */
export async function issueEnrolmentToken(config: KeyringConfig, rights: TokenRights): Promise<string> {
  const { identity, rootKey, database } = await open(config);
  try {
    return await issueToken({ database, rootKey, identity, publicUrl: config.publicUrl }, rights);
  } finally {
    await database.close();
  }
}

/**
 * Revokes an executor permanently. Needs the keyring's files and database, not a running keyring.
 * Fails like `start`, and with `NOT_FOUND`.
 */
export async function revokeExecutor(config: KeyringConfig, executorId: string): Promise<void> {
  const { database } = await open(config);
  try {
    await revoke(database, executorId);
  } finally {
    await database.close();
  }
}

/**
 * Checks the chain of the keyring's own audit, from where the last check ended or all of it. Needs the keyring's files
 * and database, not a running keyring. Fails like `start`; a fault of the audit is in the answer.
 */
export async function verifyAudit(
  config: KeyringConfig,
  options: { readonly isFull: boolean } = { isFull: false },
): Promise<CheckReport> {
  const { rootKey, database } = await open(config);
  try {
    return await verify({ database, rootKey }, { checkpointFile: config.auditCheckpointFile, ...options });
  } finally {
    await database.close();
  }
}

/**
 * Accepts that the times of the keyring's own audit go back after one link, with a row that says so. Needs the
 * keyring's files and database. Fails like `start`, with `AUDIT_BROKEN` for any other fault, and `BAD_REQUEST` when
 * there is no such break.
 */
export async function continueAudit(config: KeyringConfig, said: Continuation): Promise<AcceptedBreak> {
  const { rootKey, database } = await open(config);
  try {
    return await accept({ database, rootKey }, said, { checkpointFile: config.auditCheckpointFile });
  } finally {
    await database.close();
  }
}

async function offerMetrics(
  { metrics }: KeyringConfig,
  { metricSet, database }: { readonly metricSet: MetricSet | undefined; readonly database: Database },
): Promise<() => Promise<void>> {
  if (metricSet === undefined || metrics === undefined) return async () => undefined;
  showGauges(metricSet, database);
  return serveMetrics(metricSet, metrics);
}

/** Reads the key files, migrates the database, and checks that both belong together. */
async function open(
  config: KeyringConfig,
  onStatement?: (text: string) => void,
): Promise<{ readonly identity: Identity; readonly rootKey: SymmetricKey; readonly database: Database }> {
  const identity = await readIdentity(config);
  const rootKey = await openWrappingKey(config);
  await migrate({ config: config.postgres, applicationName, folder: migrationsFolder });
  const database = await openDatabase({ config: config.postgres, applicationName, onStatement });
  try {
    await checkRootKey(database, rootKey);
  } catch (error) {
    await database.close();
    throw error;
  }
  return { identity, rootKey, database };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return async () => (running ??= work());
}

function closeOnAbort(signal: AbortSignal | undefined, close: () => Promise<void>, log: KeyringLog): void {
  const closeNow = (): void => {
    close().catch((error: unknown) => {
      log.error({ err: error, kind: "close" }, "Closing failed");
    });
  };
  if (signal?.aborted === true) closeNow();
  else signal?.addEventListener("abort", closeNow, { once: true });
}
