import { limits } from "@sealrun/protocol";
import type { PlatformRpc } from "./platform-rpc.ts";
import { retryWithBackoff } from "./retry-with-backoff.ts";

const firstPauseMs = 250;
const maxPauseMs = 3_000;
/** If the keyring is away for longer, the script fails. If the platform is, the lease expires before. */
const patienceMs = limits.leaseMs;
/** Failures that may pass. A wrong clock may be set soon, or be that of one platform or keyring among several. */
const retried = new Set([
  "PLATFORM_UNREACHABLE",
  "POSTGRES_UNREACHABLE",
  "KEYRING_UNREACHABLE",
  "NATS_UNREACHABLE",
  "CLOCK_WRONG",
  "EXPIRED",
]);

/**
 * The platform for a script's requests: they are retried for a while when a part is away or its clock is wrong, so that
 * neither a restart nor a clock that jumps fails a run. A retry is safe: reads change nothing, and for the others the
 * platform gives the same answer again.
 */
export function createPatientRpc(rpc: PlatformRpc, signal: AbortSignal): PlatformRpc {
  const patiently = async <T>(ask: () => Promise<T>): Promise<T> => {
    const giveUpAt = performance.now() + patienceMs;
    return retryWithBackoff(ask, {
      firstMs: firstPauseMs,
      maxMs: maxPauseMs,
      mayRetry: ({ code }) => retried.has(code) && performance.now() < giveUpAt,
      signal,
    });
  };
  return {
    ...rpc,
    lookup: async (body) => patiently(async () => rpc.lookup(body)),
    lookUpKeys: async (body) => patiently(async () => rpc.lookUpKeys(body)),
    set: async (body) => patiently(async () => rpc.set(body)),
    state: async (body) => patiently(async () => rpc.state(body)),
    fetch: async (body) => patiently(async () => rpc.fetch(body)),
    emit: async (body) => patiently(async () => rpc.emit(body)),
    schedule: async (body) => patiently(async () => rpc.schedule(body)),
  };
}
