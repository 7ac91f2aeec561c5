import { limits } from "@sealrun/protocol";
import { Client, type ClientConfig } from "pg";

const everyMs = 1_000;

/**
 * Asks the database every second over a connection of its own, so that a full pool is not taken for a silence. A
 * connection that breaks is made anew once before that counts: one killed backend is no reason to leave.
 */
export function watchAnswers(options: {
  readonly settings: ClientConfig;
  readonly onChange: (isAnswering: boolean) => void;
}): () => Promise<void> {
  let client: Client | undefined;
  let isAnswering = true;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const drop = async (): Promise<void> => {
    const ending = client?.end();
    client = undefined;
    await ending?.catch(() => undefined);
  };
  const ask = async (): Promise<void> => {
    if (client === undefined) {
      client = new Client({ ...options.settings, ...bounds });
      client.on("error", () => undefined);
      await client.connect();
    }
    await client.query("select 1");
  };
  const askTwice = async (): Promise<boolean> => {
    for (let tried = 0; tried < 2; tried += 1) {
      try {
        await ask();
        return true;
      } catch {
        void drop();
      }
    }
    return false;
  };
  const look = async (): Promise<void> => {
    const answers = await askTwice();
    if (isClosed) return drop();
    if (answers !== isAnswering) options.onChange((isAnswering = answers));
    timer = setTimeout(() => void look(), everyMs);
  };
  timer = setTimeout(() => void look(), everyMs);
  return async () => {
    isClosed = true;
    clearTimeout(timer);
    await drop();
  };
}

/** Two tries together take as long as a database may be silent. */
const bounds = {
  connectionTimeoutMillis: limits.databaseSilentMs / 2,
  query_timeout: limits.databaseSilentMs / 2,
};
