import { start } from "@sealrun/platform";
import { executionId, limits, type LiveEvent, liveEvent, type ReportItem } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readFeed } from "../../../packages/platform/src/feed/feed-read-store.ts";
import { send } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const line = (text: string): ReportItem => ({ type: "log", step: 0, stream: "stdout", text, time: 1_000 });

/** One event as it came, with its id. */
interface Heard {
  readonly id: string;
  readonly event: LiveEvent;
}

/** Follows an execution event by event, without its early line: `first-line.test.ts` looks at that. */
async function* follow(id: string, after?: string): AsyncGenerator<Heard> {
  const headers = after === undefined ? {} : { "last-event-id": after };
  const response = await send(world.platform, "GET", `/executions/${id}/events`, { headers });
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(response.headers.get("cache-control")).toBe("no-store");
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      if (!block.startsWith(":") && !block.startsWith("event: early\n")) yield parse(block);
    }
  }
}

function parse(block: string): Heard {
  const fields = Object.fromEntries(block.split("\n").map((field) => field.split(/: (.*)/s)));
  return { id: fields.id ?? "", event: liveEvent.parse({ kind: fields.event, ...JSON.parse(fields.data ?? "") }) };
}

async function collect(events: AsyncIterable<Heard>): Promise<readonly Heard[]> {
  const all: Heard[] = [];
  for await (const heard of events) all.push(heard);
  return all;
}

/** Stores the entries of a feed as they were stored before there were blocks: a row each. */
async function storeAsRows(id: string): Promise<void> {
  const entries = await readFeed(world.database, executionId.parse(id), { after: "0", limit: 1_000 });
  await world.database.transaction(async (sql) => {
    await sql.run("select from executions where id = $1 for update", [id]);
    await sql.run("delete from feed_blocks where execution_id = $1", [id]);
    for (const { cursor, kind, stream, body } of entries) {
      const step = kind === "status" ? null : 0;
      await sql.run(
        "insert into execution_feed (execution_id, cursor, kind, step, stream, body) values ($1, $2, $3, $4, $5, $6)",
        [id, cursor, kind, step, stream, JSON.stringify(body)],
      );
    }
  });
}

const tell = ({ event }: Heard): string =>
  event.kind === "log"
    ? event.line.text
    : event.kind === "step"
      ? `step ${event.status}`
      : `${event.kind} ${"status" in event ? event.status : event.line.text}`;

describe("streamEvents()", () => {
  test("streamEvents() tells a line while the script still runs, to a client that came before it", async () => {
    const { ref } = await world.claim("report");
    const events = follow(ref.executionId);
    const next = async (): Promise<string> => tell((await events.next()).value);
    expect([await next(), await next()]).toEqual(["status queued", "status running"]);
    await world.peer.report(ref, 1, [{ type: "step-started", step: 0, time: 1_000 }, line("early")]);
    expect([await next(), await next()]).toEqual(["step running", "early"]);
    expect((await world.show(ref.executionId)).status).toBe("running");
    await world.peer.report(ref, 2, [line("late")]);
    expect(await next()).toBe("late");
    await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 2 });
    const rest = await collect(events);
    expect(rest.map(tell).at(-1)).toBe("end succeeded");
  });

  test("streamEvents() tells many clients the same, and resumes each after its cursor", async () => {
    const { ref } = await world.claim("report");
    await world.peer.report(ref, 1, [line("one"), line("two")]);
    const following = [collect(follow(ref.executionId)), collect(follow(ref.executionId))];
    await world.peer.report(ref, 2, [line("three")]);
    await world.peer.rpc.finish({ ...ref, status: "failed", lastSequence: 2 });
    const [first = [], second = []] = await Promise.all(following);
    expect(first).toEqual(second);
    for (const [index, { id, event }] of first.entries()) {
      if (event.kind === "end") continue;
      expect(await collect(follow(ref.executionId, id))).toEqual(first.slice(index + 1));
    }
  });

  test("streamEvents() ends only after the last chunk is in", async () => {
    const { ref } = await world.claim("report");
    await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 1 });
    const events = follow(ref.executionId);
    const heard: string[] = [];
    for await (const event of events) {
      heard.push(tell(event));
      if (heard.length === 3) await world.peer.report(ref, 1, [line("last words")]);
    }
    expect(heard.slice(0, 4)).toEqual(["status queued", "status running", "status succeeded", "last words"]);
    expect(heard.at(-1)).toBe("end succeeded");
  });

  test("streamEvents() ends without a chunk that never comes", async () => {
    const { ref } = await world.claim("report");
    await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 5 });
    await world.database.run(
      "update executions set finished_at = finished_at - $2 * interval '1 millisecond' where id = $1",
      [ref.executionId, limits.reportsSilentMs],
    );
    expect((await collect(follow(ref.executionId))).map(tell).at(-1)).toBe("end succeeded");
    expect((await world.show(ref.executionId)).reportsComplete).toBe(false);
  });

  test("streamEvents() tells thousands of lines in their order", async () => {
    const { ref } = await world.claim("report");
    const texts = Array.from({ length: 3_000 }, (_, index) => `line ${index}`);
    const following = collect(follow(ref.executionId));
    for (const sequence of [1, 2, 3]) {
      await world.peer.report(ref, sequence, texts.slice((sequence - 1) * 1_000, sequence * 1_000).map(line));
    }
    await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 3 });
    const heard = (await following).filter(({ event }) => event.kind === "log").map(tell);
    expect(heard).toEqual(texts);
  });

  test("streamEvents() resumes in the middle of a block, while it is live and after it was merged", async () => {
    const { ref } = await world.claim("report");
    const { executionId: id } = ref;
    await world.peer.report(ref, 1, ["one", "two", "three", "four"].map(line));
    const first = follow(id);
    const begin: Heard[] = [];
    for (let count = 0; count < 4; count += 1) begin.push((await first.next()).value);
    expect(begin.map(tell)).toEqual(["status queued", "status running", "one", "two"]);
    const second = follow(id, begin.at(-1)?.id);
    expect([tell((await second.next()).value), tell((await second.next()).value)]).toEqual(["three", "four"]);
    await world.peer.report(ref, 2, [line("five")]);
    await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 2 });
    const rest = (await collect(second)).filter(({ event }) => event.kind === "log").map(tell);
    expect(rest).toEqual(["five"]);
    const again = await collect(follow(id, begin.at(-1)?.id));
    expect(again.filter(({ event }) => event.kind === "log").map(tell)).toEqual(["three", "four", "five"]);
    const ids = again.slice(0, -1).map((heard) => Number(heard.id));
    expect(ids).toEqual(ids.map((_, index) => 5 + index));
  });

  test("streamEvents() goes on from rows of before there were blocks to blocks, for one that follows and one that resumes", async () => {
    const { ref } = await world.claim("report");
    const { executionId: id } = ref;
    await world.peer.report(ref, 1, [{ type: "step-started", step: 0, time: 1_000 }, line("old 1"), line("old 2")]);
    await until(async () => (await world.peer.rpc.reported({ ...ref, lastSequence: 1 })).length === 0);
    await storeAsRows(id);
    const following = follow(id);
    const heard: Heard[] = [];
    const next = async (count: number): Promise<readonly string[]> => {
      const before = heard.length;
      while (heard.length < before + count) heard.push((await following.next()).value);
      return heard.slice(before).map(tell);
    };
    expect(await next(5)).toEqual(["status queued", "status running", "step running", "old 1", "old 2"]);
    // Enough for small blocks to be merged while the reader follows.
    const texts = Array.from({ length: 20 }, (_, index) => `new ${index + 1}`);
    for (const [index, text] of texts.entries()) {
      await world.peer.report(ref, index + 2, [line(text)]);
      expect(await next(1)).toEqual([text]);
    }
    await world.peer.report(ref, 22, [
      { type: "step-finished", step: 0, status: "succeeded", exitCode: 0, durationMs: 1, time: 2_000 },
    ]);
    await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 22 });
    heard.push(...(await collect(following)));
    expect(heard.slice(25).map(tell).toSorted()).toEqual(["end succeeded", "status succeeded", "step succeeded"]);
    const entries = heard.slice(0, -1);
    expect(entries.map((one) => Number(one.id))).toEqual(entries.map((_, index) => index + 1));
    for (const [index, { id: cursor }] of entries.entries()) {
      expect(await collect(follow(id, cursor))).toEqual(heard.slice(index + 1));
    }
    expect(await collect(follow(id))).toEqual(heard);
  });

  test("streamEvents() ends when its entries were deleted", async () => {
    const { ref } = await world.claim("report");
    await world.peer.report(ref, 1, [line("one")]);
    await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 1 });
    await collect(follow(ref.executionId));
    await world.database.run("delete from feed_blocks where execution_id = $1", [ref.executionId]);
    expect((await collect(follow(ref.executionId))).map(tell)).toEqual(["status queued", "end succeeded"]);
    expect((await collect(follow(ref.executionId, "2"))).map(tell)).toEqual(["end succeeded"]);
  });

  test("streamEvents() ends for every client when the platform closes", async () => {
    const { ref } = await world.claim("report");
    const beside = await start(world.platform.config, { log: pino({ level: "silent" }) });
    const response = await send(
      { url: beside.url, token: world.platform.token },
      "GET",
      `/executions/${ref.executionId}/events`,
    );
    const reading = response.text();
    await beside.close();
    expect(await reading).toContain("event: status");
  });
});
