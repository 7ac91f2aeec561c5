import { executionsStream, poolConsumer, SealrunError } from "@sealrun/protocol";
import { Events, NatsError } from "nats";
import type { Deps } from "../deps.ts";
import { renewAllEvents } from "../outbox/store.ts";
import { inTurn } from "../in-turn.ts";
import { noteStream, noteTrouble, type Trouble } from "../nats/stream-store.ts";
import { ensurePoolConsumer, ensureStreams, reportsConsumer } from "../nats/streams.ts";
import { type KnownQueues, readKnownQueues } from "./queues-store.ts";

type QueueDeps = Pick<Deps, "database" | "link" | "log">;

/** The streams in NATS: creates and repairs them, and knows why they accept no events. */
export interface Queues {
  /**
   * Returns when events may be published. The client would buffer an event without a connection and send it later.
   * After a reconnect, a consumer may treat a new event as already acknowledged. `NATS_UNREACHABLE` until then.
   */
  readonly ready: () => Promise<void>;
  /**
   * Creates missing streams and consumers. When a stream was created again, new events are requested for those it held.
   * Returns what the database knew before. `NATS_UNREACHABLE` when NATS refuses.
   */
  readonly check: () => Promise<KnownQueues>;
  /** A publish failed: stores why, so that waiting executions show it, logs a change, and repairs what it can. */
  readonly failed: (error: unknown) => Promise<void>;
  /** A publish succeeded. */
  readonly worked: () => Promise<void>;
}

const sentences: Readonly<Record<Trouble, string>> = {
  unreachable: "NATS accepts no events; executions wait in the database until it does",
  full: "NATS is full and accepts no events; executions wait in the database until it has space",
};

/** The streams as seen from one platform; any number of platforms may check and repair them. */
export function createQueues(deps: QueueDeps): Queues {
  const { database, link, log } = deps;
  let state: "unknown" | "healthy" | Trouble = "unknown";

  let isConnected = true;
  /** The number of connections to NATS so far, and the number of the one on which the streams were last checked. */
  let connections = 1;
  let checkedConnection = 0;
  const watch = async (): Promise<void> => {
    for await (const { type } of link.connection.status()) {
      if (type === Events.Disconnect) isConnected = false;
      if (type !== Events.Reconnect) continue;
      isConnected = true;
      connections += 1;
    }
  };
  void watch();

  const note = async (found: Trouble | undefined, error?: unknown): Promise<void> => {
    const next = found ?? "healthy";
    // A check that began on any platform before NATS was full may have cleared this: waiting executions must show the
    // reason.
    if (state === next && found === "full") await noteTrouble(database, found);
    if (state === next) return;
    const isRecovery = found === undefined && state !== "unknown";
    await noteTrouble(database, found);
    state = next;
    if (found !== undefined) log.warn({ err: error }, sentences[found]);
    else if (isRecovery) log.info("NATS accepts events again");
  };
  // At once: what fails later in the same check would otherwise hide what was done.
  const tellAhead = (consumer: string): void =>
    log.warn({ consumer }, "NATS came back with an older stream; a consumer that was ahead of it is created again");
  const checkOnce = async (): Promise<KnownQueues> => {
    if (!isConnected) throw new SealrunError("NATS_UNREACHABLE", "");
    const current = connections;
    const { streams, wasAhead } = await ensureStreams(link);
    if (wasAhead) tellAhead(reportsConsumer);
    const known = await readKnownQueues(database);
    for (const pool of known.pools) {
      if (await ensurePoolConsumer(link, pool)) tellAhead(poolConsumer(pool));
    }
    for (const { name, madeAt } of streams) {
      if (known.madeAt.get(name) === madeAt.getTime()) continue;
      const renewed = await database.transaction(async (sql) => {
        const isNew = await noteStream(sql, name, madeAt);
        if (!isNew) return undefined;
        return name === executionsStream ? renewAllEvents(sql) : 0;
      });
      if (renewed !== undefined) {
        log.warn(
          { stream: name, renewed },
          "A stream in NATS was created again; the events that it held are published again",
        );
      }
    }
    checkedConnection = current;
    if (state === "full") return known;
    await note(undefined);
    // Another platform may have lost its own connection and stored that as a trouble for all.
    if (known.isTroubled) await noteTrouble(database, undefined);
    return known;
  };
  // Two checks at once that find the same consumer ahead would both create it again.
  const check = inTurn(checkOnce);
  return {
    ready: async () => {
      if (!isConnected || checkedConnection !== connections) await check();
    },
    check,
    failed: async (error) => {
      const found = troubleOf(error);
      try {
        if (found === undefined) log.warn({ err: error }, "Events could not be published; trying again");
        else await note(found, error);
        if (found !== "full") await check();
      } catch (failure) {
        const isLogged = state !== "unknown" && troubleOf(failure) === state;
        if (!isLogged) log.warn({ err: failure }, "The streams in NATS could not be checked; trying again");
      }
    },
    worked: async () => note(undefined),
  };
}

/** The trouble of NATS behind a publish error; undefined when the error has another cause. */
export function troubleOf(error: unknown): Trouble | undefined {
  const cause = error instanceof SealrunError && error.code === "NATS_UNREACHABLE" ? (error.cause ?? error) : error;
  if (cause instanceof NatsError) return isFull(cause) ? "full" : "unreachable";
  return cause instanceof SealrunError && cause.code === "NATS_UNREACHABLE" ? "unreachable" : undefined;
}

/** NATS 2.9 and later use the same words: a limit of the stream, of the account, or of the server's disk. */
function isFull(error: NatsError): boolean {
  return /maximum (?:bytes|messages)|insufficient (?:storage )?resources|resource limits? exceeded|storage resources exceeded|no space/i.test(
    error.api_error?.description ?? error.message,
  );
}
