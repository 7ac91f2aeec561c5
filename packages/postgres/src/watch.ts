import { countStatement } from "@sealrun/faults";
import { aheadBy, limits } from "@sealrun/protocol";
import { Client, type ClientConfig } from "pg";
import { z } from "zod";

const probeEveryMs = 1_000;

/** What a look at the database found. */
export interface Probe {
  readonly isAnswering: boolean;
  /** By how many ms at least its clock is ahead of this machine's, negative when it is behind; 0 when it said nothing. */
  readonly aheadMs: number;
}

const answer = z.tuple([z.object({ ms: z.number() })]);

/**
 * Asks the database for the time every second over a connection of its own, so that a full pool is not taken for a silence. A
 * connection that breaks is made anew once before that counts: one killed backend is no reason to leave.
 */
export function watchAnswers(options: {
  readonly settings: ClientConfig;
  readonly onProbe: (probe: Probe) => void;
}): () => Promise<void> {
  let client: Client | undefined;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const drop = async (): Promise<void> => {
    const ending = client?.end();
    client = undefined;
    await ending?.catch(() => undefined);
  };
  const ask = async (): Promise<number> => {
    if (client === undefined) {
      client = new Client({ ...options.settings, ...bounds });
      client.on("error", () => undefined);
      await client.connect();
    }
    const question = "select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms";
    const askedAt = Date.now();
    countStatement(client, question);
    const { rows } = await client.query(question);
    const answeredAt = Date.now();
    const [{ ms }] = answer.parse(rows);
    return aheadBy(ms, { askedAt, answeredAt });
  };
  const probeTwice = async (): Promise<Probe> => {
    for (let tried = 0; tried < 2; tried += 1) {
      try {
        return { isAnswering: true, aheadMs: await ask() };
      } catch {
        void drop();
      }
    }
    return { isAnswering: false, aheadMs: 0 };
  };
  const probe = async (): Promise<void> => {
    const found = await probeTwice();
    if (isClosed) return drop();
    options.onProbe(found);
    timer = setTimeout(() => void probe(), probeEveryMs);
  };
  timer = setTimeout(() => void probe(), 0);
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
