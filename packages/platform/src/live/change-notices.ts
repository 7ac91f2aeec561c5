import type { Database } from "@sealrun/postgres";
import { changeTopic, type ChangeTopic } from "@sealrun/protocol";
import type { FeedNotices } from "./feed-notices.ts";

/** Database triggers send topics on this channel; see `022.do.change_notices.sql`. */
const channel = "sealrun_changes";

/** Tells subscribers which lists have changed. */
export interface ChangeNotices {
  /** Calls `onChange` at every change until the returned function is called. */
  subscribe(onChange: (topics: readonly ChangeTopic[]) => void): () => void;
  close(): Promise<void>;
}

/** Listens once for the whole process. After a reconnect every topic counts as changed. */
export async function openChangeNotices(
  database: Pick<Database, "listen">,
  feed: Pick<FeedNotices, "subscribeAll">,
): Promise<ChangeNotices> {
  const subscribers = new Set<(topics: readonly ChangeTopic[]) => void>();
  const tell = (topics: readonly ChangeTopic[]): void => {
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
    close: async () => {
      unsubscribe();
      await stop();
    },
  };
}
