import { type Query, QueryClient, type QueryKey } from "@tanstack/react-query";
import { type ChangeTopic, SealrunError, toSealrunError } from "@sealrun/protocol";

/**
 * The first part of every query's key is a topic: a live change of that topic invalidates the query. Queries never hold
 * values of secrets, and nothing is kept between visits.
 */
export function topicKey(topic: ChangeTopic, ...rest: readonly unknown[]): QueryKey {
  return [topic, ...rest];
}

/** The key of one execution. */
export function executionKey(id: string): QueryKey {
  return topicKey("executions", "one", id);
}

/** The `meta` of a query that shows several lists, so that a change of any of them invalidates it. */
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
 * Fetches the shown queries among these again. A first answer still on its way may be older than the change, yet the
 * cache treats it as fresh: such a query is fetched once more after that answer.
 */
export async function invalidateMatching(queries: QueryClient, isAffected: (query: Query) => boolean): Promise<void> {
  const first = new Set(
    queries.getQueryCache().findAll({
      predicate: (query) =>
        isAffected(query) && query.state.data === undefined && query.state.fetchStatus === "fetching",
    }),
  );
  await queries.invalidateQueries({ predicate: isAffected });
  if (first.size > 0) await queries.invalidateQueries({ predicate: (query) => first.has(query) });
}

/** When the newest request of a query was sent, in milliseconds since 1970. */
const askedAt = new WeakMap<Query, number>();

/** Whether the newest request of a query was sent before a time, so that its answer may lack what changed then. */
export function isAskedBefore(query: Query, atMs: number): boolean {
  return (askedAt.get(query) ?? 0) <= atMs;
}

/** When the oldest request was sent that has no answer yet, in milliseconds since 1970; undefined without one. */
export function findOldestRequest(queries: QueryClient): number | undefined {
  const asking = queries
    .getQueryCache()
    .findAll({ fetchStatus: "fetching" })
    .flatMap((query) => askedAt.get(query) ?? []);
  const saving = queries.getMutationCache().findAll({ status: "pending" });
  const times = [...asking, ...saving.map(({ state }) => state.submittedAt)];
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The cache of everything that pages show. Only errors that may pass are retried. */
export function createQueries(): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        // The browser cannot know whether the platform answers: a platform on this machine needs no network.
        networkMode: "always",
        staleTime: 30_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < 3 && error instanceof SealrunError && error.row.retry,
        // Each further part of a page that shows what does not exist would ask for it again.
        retryOnMount: ({ state }) => !(state.error instanceof SealrunError && state.error.row.status === 404),
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 4_000),
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
  queries.getQueryCache().subscribe((event) => {
    if (event.type === "updated" && event.action.type === "fetch") askedAt.set(event.query, Date.now());
  });
  return queries;
}

/** True when the session is over and the user must sign in again. */
export function isSignedOut(error: unknown): boolean {
  return toSealrunError(error).code === "UNAUTHENTICATED";
}
