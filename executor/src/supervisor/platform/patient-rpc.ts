import { limits } from "@sealrun/protocol";
import type { PlatformRpc } from "../../between/platform-rpc.ts";
import { retryWithBackoff } from "./retry-with-backoff.ts";

const firstPauseMs = 250;
const longestPauseMs = 3_000;
/** A keyring that is away for longer fails the script; without the platform its lease ends before. */
const patienceMs = limits.leaseMs;
/** The clock that is wrong may be of one platform or keyring among others, or is set right soon. */
const away = new Set([
  "PLATFORM_UNREACHABLE",
  "POSTGRES_UNREACHABLE",
  "KEYRING_UNREACHABLE",
  "NATS_UNREACHABLE",
  "CLOCK_WRONG",
  "EXPIRED",
]);

/**
 * The platform for a script's own questions: a part that is away, or has another time, for a moment is waited for, so that
 * neither its restart nor a clock that leaps fails a run. What is asked twice is done once: reads change nothing, the rest says the same again.
 */
export function createPatientRpc(rpc: PlatformRpc, signal: AbortSignal): PlatformRpc {
  const patiently = async <T>(ask: () => Promise<T>): Promise<T> => {
    const giveUpAt = performance.now() + patienceMs;
    return retryWithBackoff(ask, {
      firstMs: firstPauseMs,
      longestMs: longestPauseMs,
      mayRetry: ({ code }) => away.has(code) && performance.now() < giveUpAt,
      signal,
    });
  };
  return {
    ...rpc,
    lookup: async (body) => patiently(async () => rpc.lookup(body)),
    set: async (body) => patiently(async () => rpc.set(body)),
    state: async (body) => patiently(async () => rpc.state(body)),
    fetch: async (body) => patiently(async () => rpc.fetch(body)),
    emit: async (body) => patiently(async () => rpc.emit(body)),
    schedule: async (body) => patiently(async () => rpc.schedule(body)),
  };
}
