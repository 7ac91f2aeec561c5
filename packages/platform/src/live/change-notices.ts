import type { Database } from "@sealrun/postgres";
import { changeTopic, type ChangeTopic } from "@sealrun/protocol";
import type { FeedNotices } from "./feed-notices.ts";

/** Database triggers send topics on this channel; see `022.do.change_notices.sql`. */
const channel = "sealrun_changes";

/** Tells subscribers which lists have changed. */
export interface ChangeNotices {
  /** Calls `onChange` at every change until the returned function is called. */
  subscribe(onChange: (topics: readonly ChangeTopic[]) => void): () => void;
  /** For how many whole milliseconds each list has not changed, as far as this process heard. */
  quietMs(): Readonly<Record<ChangeTopic, number>>;
  close(): Promise<void>;
}

/** Listens once for the whole process. After a reconnect every topic counts as changed. */
export async function openChangeNotices(
  database: Pick<Database, "listen">,
  feed: Pick<FeedNotices, "subscribeAll">,
): Promise<ChangeNotices> {
  const subscribers = new Set<(topics: readonly ChangeTopic[]) => void>();
  const start = performance.now();
  const changedAt = new Map<ChangeTopic, number>();
  const tell = (topics: readonly ChangeTopic[]): void => {
    for (const topic of topics) changedAt.set(topic, performance.now());
    for (const onChange of subscribers) onChange(topics);
  };
  const stop = await database.listen(channel, (payload) => {
    if (payload === "") tell(changeTopic.options);
    else tell([changeTopic.safeParse(payload).data ?? []].flat());
  });
  const unsubscribe = feed.subscribeAll(() => tell(["executions"]));
  return {
    subscribe: (onChange) => {
      subscribers.add(onChange);
      return () => {
        subscribers.delete(onChange);
      };
    },
    quietMs: () => {
      const now = performance.now();
      const since = (topic: ChangeTopic): number => Math.floor(now - (changedAt.get(topic) ?? start));
      return {
        projects: since("projects"),
        packages: since("packages"),
        secrets: since("secrets"),
        executions: since("executions"),
        executors: since("executors"),
        schedules: since("schedules"),
        platform: since("platform"),
      };
    },
    close: async () => {
      unsubscribe();
      await stop();
    },
  };
}
