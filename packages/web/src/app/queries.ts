import { QueryClient, type QueryKey } from "@tanstack/react-query";
import { type ChangeTopic, SealrunError, toSealrunError } from "@sealrun/protocol";

/**
 * The first part of every query's key is the topic whose changes make it old: live changes invalidate by it. Queries
 * never hold values of secrets; nothing is kept between visits.
 */
export function topicKey(topic: ChangeTopic, ...rest: readonly unknown[]): QueryKey {
  return [topic, ...rest];
}

/** The cache of everything that pages show. Only what may pass by itself is asked again. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < 3 && error instanceof SealrunError && error.row.retry,
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 4_000),
      },
      mutations: { retry: false },
    },
  });
}

/** True when the session is over and somebody must sign in again. */
export function isSignedOut(error: unknown): boolean {
  return toSealrunError(error).code === "UNAUTHENTICATED";
}
