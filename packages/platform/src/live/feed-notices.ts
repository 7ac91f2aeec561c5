import type { Database } from "@sealrun/postgres";
import { feedChannel, readFeedPayload } from "../postgres/channels.ts";

/** Tells subscribers that the feed of an execution has new entries. */
export interface FeedNotices {
  /** Calls `onChange` at every change of one execution until the returned function is called. */
  subscribe(executionId: string, onChange: () => void): () => void;
  /** Calls `onChange` at every change of any execution but new lines, until the returned function is called. */
  subscribeAll(onChange: () => void): () => void;
  close(): Promise<void>;
}

/** Listens once for the whole process. After a reconnect all subscribers are called: a notice may have been missed. */
export async function openFeedNotices(database: Pick<Database, "listen">): Promise<FeedNotices> {
  const subscribers = new Map<string, Set<() => void>>();
  const anyExecution = new Set<() => void>();
  // Sent by `feed/feed-store.ts`.
  const stop = await database.listen(feedChannel, (payload) => {
    const { id, isLines } = readFeedPayload(payload);
    const called = id === "" ? [...subscribers.values()] : [subscribers.get(id) ?? new Set()];
    if (!isLines) called.push(anyExecution);
    for (const callbacks of called) for (const onChange of callbacks) onChange();
  });
  return {
    subscribe: (executionId, onChange) => {
      const own = subscribers.get(executionId) ?? new Set();
      subscribers.set(executionId, own);
      own.add(onChange);
      return () => {
        own.delete(onChange);
        if (own.size === 0 && subscribers.get(executionId) === own) subscribers.delete(executionId);
      };
    },
    subscribeAll: (onChange) => {
      anyExecution.add(onChange);
      return () => {
        anyExecution.delete(onChange);
      };
    },
    close: stop,
  };
}
