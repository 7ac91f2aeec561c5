import { readUserJwt } from "@sealrun/nats";
import { type NatsCredentials, SealrunError } from "@sealrun/protocol";
import { requestCredentials } from "./request-credentials.ts";
import { type ExecutorState, writeState } from "./state-file.ts";

/** Where renewals are told of: once when they begin to fail, once when they work again. */
interface RenewalLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** An executor's NATS login, which stays good while the executor is enrolled. */
export interface KeptCredentials {
  /** The newest. */
  readonly current: () => NatsCredentials;
  /** Resolves when the state file is not being written any more. */
  stop(): Promise<void>;
}

/** What keeping takes. */
export interface KeepOptions {
  readonly state: ExecutorState;
  readonly stateFile: string;
  readonly platformUrl: string;
  readonly log: RenewalLog;
}

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;
/** Longer timeouts overflow and fire at once. */
const longestTimerMs = 2_147_483_647;

/**
 * Renews the login now and from then on at half of its life, into the state file and for every later connection. When
 * the platform does not answer now, a login that is still good will do. Fails with `NOT_ENROLLED` for an executor that
 * was revoked, and with the code of the failure when the login at hand has expired.
 */
export async function keepCredentials(options: KeepOptions): Promise<KeptCredentials> {
  const { log } = options;
  let current = options.state.nats;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let failures = 0;
  let writing = Promise.resolve();
  const schedule = (ms: number): void => {
    if (isStopped) return;
    timer = setTimeout(() => void renewLater(), Math.min(ms, longestTimerMs));
    timer.unref();
  };
  const renew = async (): Promise<void> => {
    const { nats, expiresAt } = await requestCredentials(options.state, options.platformUrl);
    if (isStopped) return;
    current = nats;
    writing = writeState(options.stateFile, { ...options.state, nats });
    await writing;
    if (failures > 0) log.info({ failures }, "The NATS login is renewed again");
    failures = 0;
    if (expiresAt !== null) schedule(halfOf(expiresAt));
  };
  const noteFailure = (error: unknown): void => {
    if (failures === 0) log.warn({ err: error }, "The NATS login could not be renewed; this is tried again");
    failures += 1;
    schedule(Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 6)));
  };
  const renewLater = async (): Promise<void> => renew().catch(noteFailure);
  await renew().catch((error: unknown) => {
    if (isRefusal(error) || !isGood(current)) throw error;
    noteFailure(error);
  });
  return {
    current: () => current,
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await writing.catch(() => undefined);
    },
  };
}

/** Half of what is left until then. */
function halfOf(expiresAt: number): number {
  return Math.max(firstRetryMs, (expiresAt - Date.now()) / 2);
}

function isRefusal(error: unknown): boolean {
  return error instanceof SealrunError && error.code === "NOT_ENROLLED";
}

function isGood(credentials: NatsCredentials): boolean {
  if (!("jwt" in credentials)) return true;
  const { expiresAt } = readUserJwt(credentials.jwt);
  return expiresAt === null || expiresAt > Date.now();
}
