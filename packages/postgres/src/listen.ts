import { countStatement } from "@sealrun/faults";
import { limits } from "@sealrun/protocol";
import { Client, type ClientConfig, escapeIdentifier } from "pg";

const retryMs = 1_000;
/** A connection that only listens does not notice by itself that the other end is gone. */
const pingMs = 5_000;

/**
 * Listens on one channel over its own connection. After a break or a timeout it reconnects and calls `onNotice` with an
 * empty payload, because notifications may have been missed.
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
    const fresh = new Client({ ...options.settings, query_timeout: limits.databaseSilentMs });
    const leave = (): void => {
      // An abandoned connection may end much later.
      if (client === fresh) reconnectLater();
    };
    fresh.on("notification", (notice) => {
      if (client === fresh) options.onNotice(notice.payload ?? "");
    });
    fresh.on("error", leave);
    fresh.on("end", leave);
    client = fresh;
    await fresh.connect();
    countStatement(fresh, "listen");
    await fresh.query(`listen ${escapeIdentifier(options.channel)}`);
  };
  const reconnectLater = (): void => {
    if (closed || retry !== undefined) return;
    void client?.end().catch(() => undefined);
    client = undefined;
    retry = setTimeout(() => {
      retry = undefined;
      connect().then(() => {
        options.onNotice("");
      }, reconnectLater);
    }, retryMs);
  };

  await connect();
  const ping = setInterval(() => {
    const pinged = client;
    if (pinged === undefined) return;
    countStatement(pinged, "select 1");
    pinged.query("select 1").catch(() => {
      if (client === pinged) reconnectLater();
    });
  }, pingMs);
  return async () => {
    closed = true;
    clearInterval(ping);
    clearTimeout(retry);
    await client?.end();
  };
}
