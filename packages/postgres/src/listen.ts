import { Client, type ClientConfig, escapeIdentifier } from "pg";

const retryMs = 1_000;

/**
 * Hears `notify` on one channel over a connection of its own. After a break it connects again and calls `onNotice` with
 * an empty payload, because notices may have been missed.
 */
export async function listenOn(options: {
  readonly settings: ClientConfig;
  readonly channel: string;
  readonly onNotice: (payload: string) => void;
}): Promise<() => Promise<void>> {
  let closed = false;
  let client: Client | undefined;
  let retry: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const fresh = new Client(options.settings);
    fresh.on("notification", (notice) => {
      options.onNotice(notice.payload ?? "");
    });
    fresh.on("error", reconnectLater);
    fresh.on("end", reconnectLater);
    client = fresh;
    await fresh.connect();
    await fresh.query(`listen ${escapeIdentifier(options.channel)}`);
  };
  const reconnectLater = (): void => {
    if (closed || retry !== undefined) return;
    retry = setTimeout(() => {
      retry = undefined;
      connect().then(() => {
        options.onNotice("");
      }, reconnectLater);
    }, retryMs);
  };

  await connect();
  return async () => {
    closed = true;
    clearTimeout(retry);
    await client?.end();
  };
}
