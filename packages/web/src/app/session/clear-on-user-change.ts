import type { QueryClient } from "@tanstack/react-query";

/** Drops all cached data of the user `before` when another user is signed in now. The session itself stays. */
export function clearOnUserChange(queries: QueryClient, before: string | undefined, now: string | undefined): void {
  if (before === now) return;
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
}
