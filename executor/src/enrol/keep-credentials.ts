import { readUserJwt } from "@sealrun/nats";
import { type NatsCredentials, SealrunError } from "@sealrun/protocol";
import { requestCredentials } from "./request-credentials.ts";
import { type ExecutorState, writeState } from "./state-file.ts";

/** Gets one line when renewals begin to fail, and one when they work again. */
interface RenewalLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** An executor's NATS login, which stays valid while the executor is enrolled. */
export interface KeptCredentials {
  /** The newest login. */
  readonly current: () => NatsCredentials;
  /** Renews now, because the server refused the newest login. Does nothing while renewals fail anyway. */
  readonly renewNow: () => void;
  /** Stops renewing; resolves when the state file is no longer being written. */
  stop(): Promise<void>;
}

/** What keeping the login valid needs. */
export interface KeepOptions {
  readonly state: ExecutorState;
  readonly stateFile: string;
  readonly platformUrl: string;
  readonly log: RenewalLog;
  /** Called once, when a later renewal is refused because the executor was revoked; none follows. */
  readonly onRevoked: (error: SealrunError) => void;
}

const firstRetryMs = 1_000;
const maxRetryMs = 60_000;
/** A login that was made this recently is not renewed because it is refused: the server may not know it yet. */
const freshMs = 5_000;
/** Longer timeouts overflow and fire at once. */
const maxTimerMs = 2_147_483_647;

/**
 * Renews the login now, and from then on at half of its lifetime, in the state file and for every later connection. If
 * the platform does not answer now, a login that is still valid is used. Fails with `NOT_ENROLLED` for a revoked
 * executor, and with the code of the failure when the present login has expired.
 */
export async function keepCredentials(options: KeepOptions): Promise<KeptCredentials> {
  const { log } = options;
  let current = options.state.nats;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let failures = 0;
  let askedAt = performance.now();
  let writing = Promise.resolve();
  const schedule = (ms: number): void => {
    if (isStopped) return;
    timer = setTimeout(() => void renewLater(), Math.min(ms, maxTimerMs));
    timer.unref();
  };
  const renew = async (): Promise<void> => {
    askedAt = performance.now();
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
    if (isRefusal(error)) {
      if (!isStopped) options.onRevoked(error);
      isStopped = true;
      return;
    }
    if (failures === 0) log.warn({ err: error }, "The NATS login could not be renewed; retrying");
    failures += 1;
    schedule(Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 6)));
  };
  const renewLater = async (): Promise<void> => renew().catch(noteFailure);
  await renew().catch((error: unknown) => {
    if (isRefusal(error) || !isValid(current)) throw error;
    noteFailure(error);
  });
  return {
    current: () => current,
    renewNow: () => {
      if (isStopped || failures > 0 || performance.now() - askedAt < freshMs) return;
      askedAt = performance.now();
      clearTimeout(timer);
      void renewLater();
    },
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await writing.catch(() => undefined);
    },
  };
}

/** Half of the time until then. */
function halfOf(expiresAt: number): number {
  return Math.max(firstRetryMs, (expiresAt - Date.now()) / 2);
}

function isRefusal(error: unknown): error is SealrunError {
  return error instanceof SealrunError && error.code === "NOT_ENROLLED";
}

function isValid(credentials: NatsCredentials): boolean {
  if (!("jwt" in credentials)) return true;
  const { expiresAt } = readUserJwt(credentials.jwt);
  return expiresAt === null || expiresAt > Date.now();
}
