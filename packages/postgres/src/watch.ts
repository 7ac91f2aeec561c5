import { countStatement } from "@sealrun/faults";
import { aheadBy, limits } from "@sealrun/protocol";
import { Client, type ClientConfig } from "pg";
import { z } from "zod";

const probeEveryMs = 1_000;

/** The result of one probe of the database. */
export interface Probe {
  readonly isAnswering: boolean;
  /** The least that its clock is ahead of this machine's, in ms; negative when it is behind, 0 without an answer. */
  readonly aheadMs: number;
}

const answer = z.tuple([z.object({ ms: z.number() })]);

/**
 * Asks the database for the time every second over its own connection, so that a full pool does not look like a silent
 * database. A broken connection is opened again once before it counts: one killed backend is not an outage.
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

/** Two tries together take as long as the database may be silent. */
const bounds = {
  connectionTimeoutMillis: limits.databaseSilentMs / 2,
  query_timeout: limits.databaseSilentMs / 2,
};
