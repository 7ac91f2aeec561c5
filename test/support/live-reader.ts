import { readFile } from "node:fs/promises";
import { importIdentity } from "@sealrun/crypto";
import { connectNats } from "@sealrun/nats";
import { openDatabase } from "@sealrun/postgres";
import { type ExecutionId, inboxPrefix } from "@sealrun/protocol";
import { pino } from "pino";
import { openKept } from "../../packages/platform/src/cache/kept.ts";
import { openFeedNotices } from "../../packages/platform/src/live/feed-notices.ts";
import type { EarlyLines } from "../../packages/platform/src/live/first-line.ts";
import { streamEvents } from "../../packages/platform/src/live/stream-execution.ts";
import { hearReports } from "../../packages/platform/src/reports/hear-reports.ts";
import { until } from "./executions-world.ts";
import type { TestPlatform } from "./start-platform.ts";

/** One event of a stream: `early one`, `log one`, `step running`, `status queued`, `end failed`, and its id if it has one. */
export interface ReadEvent {
  readonly told: string;
  readonly id: string | undefined;
}

/** What a platform has for its readers, on the database and NATS of another platform; it stores no reports. */
export interface LiveReaders {
  /** Reads a stream event by event; it ends with the signal. */
  readonly follow: (id: ExecutionId, options?: FollowOptions) => AsyncGenerator<ReadEvent, undefined>;
  /** Waits until NATS knows that this many attempts are heard, counted from the beginning. */
  readonly hears: (attempts: number) => Promise<void>;
  /** How many attempts have been heard since the beginning. */
  readonly heard: () => number;
  /** How many messages NATS has sent to it. */
  readonly received: () => Promise<number>;
  readonly close: () => Promise<void>;
}

interface FollowOptions {
  readonly after?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Opens connections of its own. */
export async function openLiveReaders({ config }: Pick<TestPlatform, "config">): Promise<LiveReaders> {
  const database = await openDatabase({ config: config.postgres, applicationName: "test" });
  const link = await connectNats({ ...config.nats, name: "test", inboxPrefix: inboxPrefix("platform") });
  const notices = await openFeedNotices(database);
  const kept = await openKept(database);
  const closing = new AbortController();
  const identity = importIdentity(await readFile(config.identityFile));
  const hub = hearReports({ link, identity, kept, log: pino({ level: "silent" }) });
  let heard = 0;
  const lines: EarlyLines = {
    hear: (attempt, onLine) => {
      heard += 1;
      return hub.hear(attempt, onLine);
    },
  };
  async function* follow(id: ExecutionId, { after = "0", signal }: FollowOptions = {}) {
    const ends = AbortSignal.any([closing.signal, ...(signal === undefined ? [] : [signal])]);
    for await (const text of streamEvents({ sql: database, notices, lines, signal: ends }, id, after)) {
      for (const block of text.split("\n\n")) if (block.startsWith("event:")) yield readEvent(block);
    }
    return undefined;
  }
  return {
    follow,
    heard: () => heard,
    hears: async (attempts) => {
      await until(async () => heard >= attempts);
      await link.connection.flush();
    },
    received: async () => {
      await link.connection.flush();
      return link.connection.stats().inMsgs;
    },
    close: async () => {
      closing.abort();
      await kept.close();
      await notices.close();
      await link.close();
      await database.close();
    },
  };
}

/** Reads one block of server-sent events. */
export function readEvent(block: string): ReadEvent {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
  const { line, status } = JSON.parse(field("data") ?? "");
  return { told: `${field("event")} ${line?.text ?? status}`, id: field("id") };
}
