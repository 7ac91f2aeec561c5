import { connectNats } from "@sealrun/nats";
import { type AttemptRef, type ExecutionId, inboxPrefix, type ReportItem, reportsStream } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../../support/api.ts";
import { enrolPeer } from "../../support/executor-peer.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";
import { type LiveReaders, openLiveReaders, readEvent, type ReadEvent } from "../../support/live-reader.ts";
import { readBlocks } from "../../support/read-events.ts";

let world: ExecutionsWorld;
/** Another platform than the one that stores the reports. */
let readers: LiveReaders;
let heard = 0;
beforeAll(async () => {
  world = await startExecutionsWorld();
  readers = await openLiveReaders(world.platform);
});
afterAll(async () => {
  await readers.close();
  await world.close();
});

const started: ReportItem = { type: "step-started", step: 0, time: 1_000 };
const line = (text: string): ReportItem => ({ type: "log", step: 0, stream: "stdout", text, time: 1_000 });
const finish = async (ref: AttemptRef, lastSequence: number): Promise<unknown> =>
  world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence });

/** Keeps reports of an execution from being stored until `work` has ended. */
async function whileUnstored<T>(id: ExecutionId, work: () => Promise<T>): Promise<T> {
  return world.database.transaction(async (sql) => {
    await sql.run("select from executions where id = $1 for update", [id]);
    return work();
  });
}

type Reading = ReturnType<LiveReaders["follow"]>;

/** The next event of a stream, asked for when NATS knows that the stream hears its attempt. */
async function hear(reading: Reading): Promise<{ readonly event: Promise<ReadEvent | undefined> }> {
  const next = reading.next();
  heard += 1;
  await readers.hears(heard);
  return { event: next.then(({ value }) => value) };
}

/** Events of a stream, as many as that. */
async function take(reading: Reading, count: number): Promise<readonly string[]> {
  const told: string[] = [];
  for (let n = 0; n < count; n += 1) told.push((await reading.next()).value?.told ?? "");
  return told;
}

/** A reader of a claimed execution that has read all that is stored. */
async function claimAndRead(): Promise<{ readonly ref: AttemptRef; readonly reading: Reading }> {
  const { ref } = await world.claim("report");
  const reading = readers.follow(ref.executionId);
  expect(await take(reading, 2)).toEqual(["status queued", "status running"]);
  return { ref, reading };
}

async function readAll(reading: Reading): Promise<readonly ReadEvent[]> {
  const all: ReadEvent[] = [];
  for await (const event of reading) all.push(event);
  return all;
}

const linesOf = (events: readonly ReadEvent[]): readonly string[] =>
  events.map(({ told }) => told).filter((told) => /^(?:early|log) /.test(told));

describe("streamEvents()", () => {
  test("streamEvents() tells the first line before it is stored, without an id, then as it is stored", async () => {
    const { ref, reading } = await claimAndRead();
    const { event } = await hear(reading);
    const early = await whileUnstored(ref.executionId, async () => {
      await world.peer.report(ref, 1, [started, line("one"), line("two")]);
      return event;
    });
    expect(early).toEqual({ told: "early one", id: undefined });
    await world.peer.report(ref, 2, [line("three")]);
    await finish(ref, 2);
    const rest = await readAll(reading);
    expect(linesOf(rest)).toEqual(["log one", "log two", "log three"]);
    const again = await readAll(readers.follow(ref.executionId));
    expect(again.slice(2)).toEqual(rest);
  });

  test("streamEvents() tells two readers the same early line", async () => {
    const { ref, reading } = await claimAndRead();
    const other = readers.follow(ref.executionId);
    await take(other, 2);
    const coming = [await hear(reading), await hear(other)];
    const told = await whileUnstored(ref.executionId, async () => {
      await world.peer.report(ref, 1, [line("one")]);
      return Promise.all(coming.map(async ({ event }) => (await event)?.told));
    });
    expect(told).toEqual(["early one", "early one"]);
    expect([await take(reading, 1), await take(other, 1)]).toEqual([["log one"], ["log one"]]);
    await finish(ref, 1);
  });

  test("streamEvents() tells a reader that reconnects only what is stored", async () => {
    const { ref, reading } = await claimAndRead();
    const { event } = await hear(reading);
    const resumed = readers.follow(ref.executionId, { after: "2" });
    const next = await whileUnstored(ref.executionId, async () => {
      await world.peer.report(ref, 1, [line("one")]);
      expect((await event)?.told).toBe("early one");
      await reading.return(undefined);
      return hear(resumed);
    });
    expect(await next.event).toEqual({ told: "log one", id: "3" });
    await finish(ref, 1);
  });

  test("streamEvents() tells no line before the chunks before it are stored", async () => {
    const { ref, reading } = await claimAndRead();
    const { event } = await hear(reading);
    await whileUnstored(ref.executionId, async () => {
      await world.peer.report(ref, 1, [started]);
      await world.peer.report(ref, 2, [line("one")]);
      await readers.received();
    });
    expect((await event)?.told).toBe("step running");
    await finish(ref, 2);
    expect(linesOf(await readAll(reading)).filter((told) => told !== "early one")).toEqual(["log one"]);
  });

  test("streamEvents() tells the first line early when it comes in a later chunk", async () => {
    const { ref, reading } = await claimAndRead();
    const { event } = await hear(reading);
    await world.peer.report(ref, 1, [started]);
    expect((await event)?.told).toBe("step running");
    const next = reading.next();
    const early = await whileUnstored(ref.executionId, async () => {
      await world.peer.report(ref, 2, [line("one")]);
      return next;
    });
    expect(early.value?.told).toBe("early one");
    await finish(ref, 2);
    expect(linesOf(await readAll(reading))).toEqual(["log one"]);
  });

  test("streamEvents() hears nothing once its reader has a line", async () => {
    const { ref, reading } = await claimAndRead();
    await world.peer.report(ref, 1, [line("one")]);
    const told = await take(reading, 1);
    if (told[0] === "early one") expect(await take(reading, 1)).toEqual(["log one"]);
    // Whether the report was heard depends on when it came.
    heard = readers.heard();
    const before = await readers.received();
    const next = reading.next();
    await whileUnstored(ref.executionId, async () => {
      await world.peer.report(ref, 2, [line("two")]);
      expect(await readers.received()).toBe(before);
    });
    expect((await next).value?.told).toBe("log two");
    await finish(ref, 2);
  });

  test("streamEvents() tells as stored what an executor reported that was killed before it was stored", async () => {
    const dying = await enrolPeer(world.platform);
    const { executionId, attempt } = (await dying.claim(await world.take("report"))).ref;
    const ref = { executionId, attempt };
    const reading = readers.follow(executionId);
    await take(reading, 2);
    const { event } = await hear(reading);
    await whileUnstored(executionId, async () => {
      await dying.report(ref, 1, [line("last words")]);
      expect((await event)?.told).toBe("early last words");
      await dying.close();
    });
    expect(await take(reading, 1)).toEqual(["log last words"]);
    await reading.return(undefined);
  });

  test("streamEvents() ends without confirming an early line that is never stored", async () => {
    const { ref, reading } = await claimAndRead();
    const { event } = await hear(reading);
    await refuseReports(true);
    await world.peer.report(ref, 1, [line("lost")]).catch(() => undefined);
    expect((await event)?.told).toBe("early lost");
    await refuseReports(false);
    await finish(ref, 1);
    // What the sweeper does when an executor is gone with its spool.
    await world.database.run(
      "update executions set reports = 'gaps', finished_at = finished_at - interval '11 s' where id = $1",
      [ref.executionId],
    );
    const rest = await readAll(reading);
    expect(linesOf(rest)).toEqual([]);
    expect(rest.at(-1)?.told).toBe("end succeeded");
  });
});

describe("GET /executions/:execution/events", () => {
  test("GET /executions/:execution/events tells the first line early on a platform that stores reports itself", async () => {
    const { ref } = await world.claim("report");
    const response = await send(world.platform, "GET", `/executions/${ref.executionId}/events`);
    const events: ReadEvent[] = [];
    await whileUnstored(ref.executionId, async () => {
      const blocks = readBlocks(response);
      const told = new AbortController();
      const reading = (async () => {
        for (;;) {
          const { value, done } = await blocks.next();
          if (done === true) return;
          if (value.startsWith("event:")) events.push(readEvent(value));
          if (events.at(-1)?.told.startsWith("early ") === true) return;
        }
      })().finally(() => told.abort());
      // The platform may not hear the executor yet; the same chunk counts once.
      while (!told.signal.aborted) {
        await world.peer.report(ref, 1, [line("one")]);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await reading;
    });
    expect(events.map(({ told, id }) => [told, id])).toEqual([
      ["status queued", "1"],
      ["status running", "2"],
      ["early one", undefined],
    ]);
    await finish(ref, 1);
  });
});

/** Makes NATS refuse to store reports, as a full stream does; they still reach those who listen. */
async function refuseReports(isRefused: boolean): Promise<void> {
  const link = await connectNats({ ...world.platform.config.nats, name: "test", inboxPrefix: inboxPrefix("platform") });
  const manager = await link.connection.jetstreamManager();
  const { config } = await manager.streams.info(reportsStream);
  await manager.streams.update(reportsStream, { ...config, max_msg_size: isRefused ? 1 : -1 });
  await link.close();
}
