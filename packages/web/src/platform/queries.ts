import { type Query, QueryClient, type QueryKey } from "@tanstack/react-query";
import { type ChangeTopic, SealrunError, toSealrunError } from "@sealrun/protocol";

/**
 * The first part of every query's key is the topic whose changes make it old: live changes invalidate by it. Queries
 * never hold values of secrets; nothing is kept between visits.
 */
export function topicKey(topic: ChangeTopic, ...rest: readonly unknown[]): QueryKey {
  return [topic, ...rest];
}

/** The key of one execution. */
export function executionKey(id: string): QueryKey {
  return topicKey("executions", "one", id);
}

/** What a query that shows several lists is given as `meta`, so that a change of any of them makes it old. */
export function alsoOf(...topics: readonly ChangeTopic[]): Readonly<Record<string, unknown>> {
  return { topics };
}

/** True for a query that shows any of these lists. */
export function showsTopic({ queryKey, meta }: Pick<Query, "queryKey" | "meta">, topics: readonly string[]): boolean {
  const also: unknown = meta?.["topics"];
  const shown = [queryKey[0], ...(Array.isArray(also) ? also : [])];
  return topics.some((topic) => shown.includes(topic));
}

/**
 * Asks again for what is shown of these queries. An answer that is on its way for the first time may be of before the
 * change, and the cache takes it for new: such a query is asked once more when it has its answer.
 */
export async function makeOld(queries: QueryClient, isOld: (query: Query) => boolean): Promise<void> {
  const first = new Set(
    queries.getQueryCache().findAll({
      predicate: (query) => isOld(query) && query.state.data === undefined && query.state.fetchStatus === "fetching",
    }),
  );
  await queries.invalidateQueries({ predicate: isOld });
  if (first.size > 0) await queries.invalidateQueries({ predicate: (query) => first.has(query) });
}

/** The cache of everything that pages show. Only what may pass by itself is asked again. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Whether a platform answers is found out by asking: one on this machine needs no network.
        networkMode: "always",
        staleTime: 30_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < 3 && error instanceof SealrunError && error.row.retry,
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 4_000),
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** True when the session is over and somebody must sign in again. */
export function isSignedOut(error: unknown): boolean {
  return toSealrunError(error).code === "UNAUTHENTICATED";
}
