import type { QueryClient } from "@tanstack/react-query";

/** Drops everything that pages were shown for `before` when somebody else is signed in now. Who is signed in stays. */
export function forgetEarlier(queries: QueryClient, before: string | undefined, now: string | undefined): void {
  if (before === now) return;
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
}
