import { setTimeout as sleep } from "node:timers/promises";
import { countStatement } from "@sealrun/faults";
import { aheadBy, limits } from "@sealrun/protocol";
import { Client, type ClientConfig, escapeIdentifier } from "pg";
import { z } from "zod";

/** The result of one probe of the database. */
export interface Probe {
  readonly isAnswering: boolean;
  /** The least that its clock is ahead of this machine's, in ms; negative when it is behind, 0 without an answer. */
  readonly aheadMs: number;
}

/** The one connection of a process that hears notifications. Its regular question for the time is also its ping. */
export interface Listener {
  /**
   * Listens on a channel until the returned function is called. After a break it calls `onNotice` with an empty
   * payload, because notifications may have been missed. Fails with the error of the last try.
   */
  readonly listen: (channel: string, onNotice: (payload: string) => void) => Promise<() => Promise<void>>;
  /** Tells the result of each probe, the first one at once, until the returned function is called. */
  readonly watch: (onProbe: (look: Probe) => void) => () => Promise<void>;
  /** True when everything that was notified more than `limits.databaseSilentMs` ago has been heard. */
  readonly isHearing: () => boolean;
  /** Probes now instead of at the next regular time, at most once a second: something did not answer. */
  readonly probeSoon: () => void;
  readonly close: () => Promise<void>;
}

const question = "select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms";
const answer = z.object({ rows: z.tuple([z.object({ ms: z.number() })]) });

/** How soon a silent database is probed again, and the shortest time between two probes. */
const retryMs = 1_000;
/** How long the first connection of a process may take. */
const startMs = 10_000;

/** Connects at the first `listen` or `watch`; tells `onStatement` what it sends. A broken connection is opened again once before it counts as silence. */
export function createListener(settings: ClientConfig, onStatement?: (text: string) => void): Listener {
  const channels = new Map<string, Set<(payload: string) => void>>();
  const watchers = new Set<(look: Probe) => void>();
  let client: Client | undefined;
  /** Sent with the next question. */
  let orders: string[] = [];
  /** True once connected: the next connection replaces a broken one. */
  let hasConnected = false;
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let isAsking = false;
  let probedAt = -Infinity;
  /** When the newest question that was answered was asked. */
  let heardAt = -Infinity;
  let failure: unknown;

  const drop = async (): Promise<void> => {
    const ending = client?.end();
    client = undefined;
    await ending?.catch(() => undefined);
  };
  const open = async (): Promise<Client> => {
    const fresh = new Client({ ...settings, ...bounds() });
    const leave = (): void => {
      // An abandoned connection may end much later.
      if (client !== fresh) return;
      void drop();
      if (!isAsking) void look();
    };
    fresh.on("notification", ({ channel, payload }) => {
      if (client !== fresh) return;
      for (const onNotice of channels.get(channel) ?? []) onNotice(payload ?? "");
    });
    fresh.on("error", leave);
    fresh.on("end", leave);
    client = fresh;
    await fresh.connect();
    return fresh;
  };
  const ask = async (): Promise<number> => {
    const isNew = client === undefined;
    const current = client ?? (await open());
    const listened = isNew ? [...channels.keys()].map(listenTo) : orders;
    orders = [];
    const text = [...listened, question].join("; ");
    const [askedAt, sentAt] = [Date.now(), performance.now()];
    countStatement(current, text);
    onStatement?.(text);
    const results: unknown = await current.query(text);
    const answeredAt = Date.now();
    const { rows } = answer.parse(Array.isArray(results) ? results.at(-1) : results);
    heardAt = sentAt;
    if (isNew && hasConnected) for (const called of channels.values()) for (const onNotice of called) onNotice("");
    hasConnected = true;
    return aheadBy(rows[0].ms, { askedAt, answeredAt });
  };
  const probeTwice = async (): Promise<Probe> => {
    for (let tried = 0; tried < 2 && !closing.signal.aborted; tried += 1) {
      try {
        return { isAnswering: true, aheadMs: await ask() };
      } catch (error) {
        failure = error;
        void drop();
      }
    }
    return { isAnswering: false, aheadMs: 0 };
  };
  const probe = async (): Promise<Probe> => {
    clearTimeout(timer);
    isAsking = true;
    probedAt = performance.now();
    const found = await probeTwice();
    isAsking = false;
    if (closing.signal.aborted) return found;
    clearTimeout(timer);
    timer = setTimeout(() => void look(), found.isAnswering ? regularMs() : retryMs);
    for (const onProbe of watchers) onProbe(found);
    return found;
  };
  const look = async (): Promise<Probe> => {
    const own = turn.then(probe);
    turn = own;
    return own;
  };
  const rest = async (): Promise<void> => {
    if (channels.size > 0 || watchers.size > 0) return;
    clearTimeout(timer);
    await turn;
    if (channels.size > 0 || watchers.size > 0) return;
    clearTimeout(timer);
    hasConnected = false;
    await drop();
  };
  return {
    listen: async (channel, onNotice) => {
      const called = channels.get(channel) ?? new Set();
      const isFirst = called.size === 0;
      channels.set(channel, called.add(onNotice));
      const stop = async (): Promise<void> => {
        called.delete(onNotice);
        if (called.size > 0 || channels.get(channel) !== called) return rest();
        channels.delete(channel);
        orders.push(`un${listenTo(channel)}`);
        await rest();
      };
      if (isFirst) orders.push(listenTo(channel));
      const until = performance.now() + startMs;
      while (!(await look()).isAnswering) {
        if (performance.now() < until && !closing.signal.aborted) await sleep(250);
        else {
          await stop();
          throw failure;
        }
      }
      return stop;
    },
    watch: (onProbe) => {
      watchers.add(onProbe);
      void look();
      return async () => {
        watchers.delete(onProbe);
        await rest();
      };
    },
    isHearing: () => client !== undefined && performance.now() - heardAt <= limits.databaseSilentMs,
    probeSoon: () => {
      const isUsed = channels.size > 0 || watchers.size > 0;
      if (isUsed && !isAsking && performance.now() - probedAt >= retryMs) void look();
    },
    close: async () => {
      closing.abort();
      clearTimeout(timer);
      await drop();
      await turn;
    },
  };
}

function listenTo(channel: string): string {
  return `listen ${escapeIdentifier(channel)}`;
}

/** What was heard counts for `limits.databaseSilentMs`; the answer to the next question needs some of that time. */
function regularMs(): number {
  return limits.databaseSilentMs * 0.8;
}

/** Two tries together take as long as the database may be silent. */
function bounds(): Pick<ClientConfig, "connectionTimeoutMillis" | "query_timeout"> {
  return {
    connectionTimeoutMillis: limits.databaseSilentMs / 2,
    query_timeout: limits.databaseSilentMs / 2,
  };
}
