import { randomBytes } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import type { Sql } from "@sealrun/postgres";
import { executionId, type ExecutionId, logPage, type LogPage } from "@sealrun/protocol";
import { z } from "zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { maxBodyBytes } from "../../../packages/platform/src/feed/feed-block.ts";
import { readFeed, readOutputBackwards } from "../../../packages/platform/src/feed/feed-read-store.ts";
import {
  appendFeed,
  appendFeeds,
  deleteFeed,
  type FeedEntry,
  settleFeed,
} from "../../../packages/platform/src/feed/feed-store.ts";
import { lockExecution } from "../../../packages/platform/src/executions/store.ts";
import { ask, send } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
  await world.push("two", { "a.sh": "true\n", "b.sh": "true\n" });
});
afterAll(async () => world.close());

const time = "2026-01-01T00:00:00.000Z";
const names = ["a.sh", "b.sh"];
const line = (text: string, more: { step?: number | null; stream?: "stderr" | "sdk" | "system" } = {}): FeedEntry => {
  const { step = 0, stream = "stdout" } = more;
  const level = stream === "sdk" ? "info" : null;
  return { kind: "log", step, stream, body: { step: step === null ? null : (names[step] ?? null), level, text, time } };
};
const status = (to: "queued" | "running" | "succeeded"): FeedEntry => ({ kind: "status", body: { status: to } });
const numbers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

/** An execution whose feed has only its first entry, and what writes to it. */
async function open(): Promise<ExecutionId> {
  return executionId.parse(await world.start("two", { notBefore: "2035-01-01T00:00:00.000Z" }));
}
async function append(id: ExecutionId, entries: readonly FeedEntry[]): Promise<void> {
  await world.database.transaction(async (sql) => {
    await lockExecution(sql, id);
    await appendFeed(sql, id, entries);
  });
}
const texts = async (id: ExecutionId): Promise<readonly string[]> => {
  const rows = await readFeed(world.database, id, { after: "0", limit: 1_000_000 });
  expect(rows.map(({ cursor }) => cursor)).toEqual(rows.map((_, index) => String(index + 1)));
  return rows.map(({ kind, body }) => ("text" in body ? String(body.text) : kind));
};
const blocksOf = async (id: ExecutionId): Promise<readonly (readonly [count: number, isLive: boolean])[]> => {
  const row = z.object({ entry_count: z.number(), is_live: z.boolean() });
  const query = "select entry_count, is_live from feed_blocks where execution_id = $1 order by last_cursor";
  return (await world.database.rows(row, query, [id])).map((block) => [block.entry_count, block.is_live]);
};

/** Writes rows as they were written before there were blocks. */
async function writeOldRows(id: ExecutionId, entries: readonly FeedEntry[], from = 1): Promise<void> {
  for (const [index, entry] of entries.entries()) {
    await world.database.run(
      `insert into execution_feed (execution_id, cursor, kind, step, stream, body) values ($1, $2, $3, $4, $5, $6)`,
      [
        id,
        from + index,
        entry.kind,
        entry.kind === "status" ? null : entry.step,
        entry.kind === "log" ? entry.stream : null,
        JSON.stringify(entry.body),
      ],
    );
  }
  await world.database.run("update executions set cursor = $2 where id = $1", [id, from + entries.length - 1]);
}

describe("appendFeed()", () => {
  test("appendFeed() gives entries of all kinds cursors without a gap, in their order, after the first status", async () => {
    const id = await open();
    await append(id, [status("running"), line("one")]);
    await append(id, [line("two", { step: 1, stream: "stderr" }), line("three", { step: null, stream: "system" })]);
    await append(id, []);
    expect(await texts(id)).toEqual(["status", "status", "one", "two", "three"]);
    expect(await readFeed(world.database, id, { after: "3", limit: 1 })).toEqual([
      { cursor: "4", kind: "log", stream: "stderr", body: { step: "b.sh", level: null, text: "two", time } },
    ]);
  });

  test("appendFeed() merges small blocks at every 16th, and at the end; none is written a third time", async () => {
    const id = await open();
    for (const text of numbers(1, 40)) await append(id, [line(text)]);
    expect(await blocksOf(id)).toEqual([[16, false], [16, false], ...Array.from({ length: 8 }, () => [1, true])]);
    await append(id, [line("last"), status("succeeded")]);
    expect(await blocksOf(id)).toEqual([
      [16, false],
      [16, false],
      [10, false],
    ]);
    expect(await texts(id)).toEqual(["status", ...numbers(1, 40), "last", "status"]);
  });

  test("appendFeed() after the end adds live blocks, which settleFeed() merges with each other only", async () => {
    const id = await open();
    for (const text of numbers(1, 7)) await append(id, [line(text)]);
    await append(id, [status("succeeded")]);
    for (const text of numbers(8, 31)) await append(id, [line(text)]);
    await world.database.transaction(async (sql) => settleFeed(sql, id));
    await world.database.transaction(async (sql) => settleFeed(sql, id));
    expect(await blocksOf(id)).toEqual([
      [8, false],
      [16, false],
      [8, false],
    ]);
    expect(await texts(id)).toEqual(["status", ...numbers(1, 7), "status", ...numbers(8, 31)]);
  });

  test("appendFeed() leaves up to seven small blocks at the end: to merge them costs more than they do", async () => {
    const id = await open();
    await append(id, [status("running")]);
    for (const text of numbers(1, 5)) await append(id, [line(text)]);
    await append(id, [line("last"), status("succeeded")]);
    await world.database.transaction(async (sql) => settleFeed(sql, id));
    expect(await blocksOf(id)).toEqual([...Array.from({ length: 6 }, () => [1, true]), [2, true]]);
    expect(await texts(id)).toEqual(["status", "status", ...numbers(1, 5), "last", "status"]);
  });

  test("appendFeeds() appends to many feeds in one statement, and merges those that have many small blocks", async () => {
    const [a, b, c] = await Promise.all([open(), open(), open()]);
    for (const text of numbers(1, 15)) await append(b, [line(text)]);
    let asked = 0;
    await world.database.transaction(async (sql) => {
      const counting: Sql = { ...sql, rows: async (...given) => ((asked += 1), sql.rows(...given)) };
      await appendFeeds(counting, [
        { id: a, entries: [line("first of a")] },
        { id: b, entries: [line("line 16")] },
        { id: a, entries: [line("second of a"), line("third of a")] },
        { id: c, entries: [] },
      ]);
      await appendFeeds(counting, []);
    });
    expect(asked).toBe(3);
    const found = await Promise.all([a, b, c].map(texts));
    expect(found).toEqual([
      ["status", "first of a", "second of a", "third of a"],
      ["status", ...numbers(1, 16)],
      ["status"],
    ]);
    expect([await blocksOf(a), await blocksOf(b)]).toEqual([[[3, true]], [[16, false]]]);
  });

  test("deleteFeed() deletes blocks and rows from before them, at most so many at once", async () => {
    const [old, both, stays] = await Promise.all([open(), open(), open()]);
    await writeOldRows(old, [status("queued"), ...numbers(1, 25).map((text) => line(text))]);
    await writeOldRows(both, [status("queued"), line("old")]);
    for (const id of [both, stays]) await append(id, [line("new")]);
    const remove = async (maxEntries: number): Promise<boolean> =>
      world.database.transaction(async (sql) => deleteFeed(sql, [old, both], maxEntries));
    expect([await remove(10), await remove(10), await remove(10)]).toEqual([false, false, true]);
    expect(await Promise.all([old, both, stays].map(texts))).toEqual([["status"], ["status"], ["status", "new"]]);
  });

  test("appendFeed() merges around a full block between small ones", async () => {
    const id = await open();
    await append(id, [line("small")]);
    await append(id, [line("x".repeat(40_000))]);
    for (const text of numbers(1, 15)) await append(id, [line(text)]);
    expect(await blocksOf(id)).toEqual([
      [1, false],
      [1, false],
      [15, false],
    ]);
    expect(await texts(id)).toEqual(["status", "small", "x".repeat(40_000), ...numbers(1, 15)]);
  });

  test("appendFeed() by many at once leaves no gap and loses nothing", async () => {
    const id = await open();
    await Promise.all(numbers(1, 60).map(async (text) => append(id, [line(text)])));
    await append(id, [status("succeeded")]);
    expect((await texts(id)).toSorted()).toEqual(["status", "status", ...numbers(1, 60)].toSorted());
  });

  test("appendFeed() asks for one statement, and for two more at the 16th", async () => {
    const id = await open();
    const counts: number[] = [];
    for (const text of numbers(1, 17)) {
      let asked = 0;
      await world.database.transaction(async (sql) => {
        await lockExecution(sql, id);
        const counting: Sql = {
          ...sql,
          rows: async (...given) => ((asked += 1), sql.rows(...given)),
          row: async (...given) => ((asked += 1), sql.row(...given)),
        };
        await appendFeed(counting, id, [line(text)]);
      });
      counts.push(asked);
    }
    expect(counts).toEqual([...Array.from({ length: 15 }, () => 1), 3, 1]);
  });
});

describe("readFeed()", () => {
  test("readFeed() gives pages of any size over the borders of blocks, before and after they are merged", async () => {
    const id = await open();
    for (let from = 1; from <= 91; from += 7)
      await append(
        id,
        numbers(from, from + 6).map((text) => line(text)),
      );
    const inPages = async (limit: number): Promise<readonly string[]> => {
      const found: string[] = [];
      for (let after: string | null = "0"; after !== null;) {
        const { lines, next }: LogPage = await ask(world.platform, logPage, [
          "GET",
          `/executions/${id}/logs?after=${after}&limit=${limit}`,
        ]);
        expect(lines.length).toBeLessThanOrEqual(limit);
        found.push(...lines.map(({ text }) => text));
        after = next;
      }
      return found;
    };
    const expected = numbers(1, 91);
    for (const limit of [1, 6, 7, 8, 40, 91, 500]) expect(await inPages(limit)).toEqual(expected);
    await append(id, [status("succeeded")]);
    for (const limit of [1, 6, 91]) expect(await inPages(limit)).toEqual(expected);
  });

  test("readFeed() filters lines, and the output of a step has what it wrote and logged", async () => {
    const id = await open();
    await append(id, [status("running"), line("a1"), line("b1", { step: 1 })]);
    await append(id, [line("from us", { step: 1, stream: "system" }), line("a2", { stream: "sdk" })]);
    await append(id, [line("b2", { step: 1, stream: "stderr" }), status("succeeded")]);
    const lines = await readFeed(world.database, id, { after: "0", limit: 100, kind: "log" });
    expect(lines.map(({ cursor }) => cursor)).toEqual(["3", "4", "5", "6", "7"]);
    const { steps } = await world.show(id);
    expect(steps.map(({ output }) => output)).toEqual(["a1\nINFO a2", "b1\nb2"]);
  });

  test("readFeed() keeps 100,000 lines in order, in few blocks, and a line of random text under its own bytes", async () => {
    const id = await open();
    const noise = randomBytes(6_000_000).toString("base64");
    const textOf = (index: number): string => noise.slice(index * 72, index * 72 + 72) + String(index).padStart(8, "0");
    const before = await sizeOfTable();
    for (let from = 0; from < 100_000; from += 5_000) {
      await append(
        id,
        Array.from({ length: 5_000 }, (_, index) => line(textOf(from + index))),
      );
    }
    await append(id, [status("succeeded")]);
    const found = await texts(id);
    expect(found).toHaveLength(100_002);
    expect(found.slice(1, -1).findIndex((text, index) => text !== textOf(index))).toBe(-1);
    expect(((await sizeOfTable()) - before) / 100_000).toBeLessThan(80);
    expect((await blocksOf(id)).length).toBeLessThan(500);
  });

  test("readFeed() reads an execution from before there were blocks, also when it went on after the change", async () => {
    const id = await open();
    await writeOldRows(id, [status("queued"), ...numbers(1, 700).map((text) => line(text))]);
    expect(await texts(id)).toEqual(["status", ...numbers(1, 700)]);
    await append(id, [line("line 701", { step: 1 })]);
    await writeOldRows(id, [line("line 702")], 703);
    await append(id, [line("line 703"), status("succeeded")]);
    expect(await texts(id)).toEqual(["status", ...numbers(1, 703), "status"]);
    const page = await ask(world.platform, logPage, ["GET", `/executions/${id}/logs?after=300&limit=402`]);
    expect(page.lines.map(({ text }) => text)).toEqual(numbers(300, 701));
    expect((await world.show(id)).steps.map(({ output }) => output)).toEqual([
      [...numbers(1, 700), "line 702", "line 703"].join("\n"),
      "line 701",
    ]);
  });

  test.each<[string, Uint8Array]>([
    ["bytes that no log is", randomBytes(300)],
    ["more than the maximum in few bytes", zstdCompressSync(Buffer.alloc(64 * maxBodyBytes))],
    ["a body over the maximum", Buffer.alloc(maxBodyBytes + 1, "[")],
  ])("readFeed() names what cannot be read for %s, and reads the rest", async (_what, body) => {
    const id = await open();
    await append(id, [line("first")]);
    await append(id, [line("second"), line("third")]);
    await append(id, [line("fourth")]);
    await world.database.run("update feed_blocks set body = $2 where execution_id = $1 and last_cursor = 4", [
      id,
      body,
    ]);
    await append(id, [line("fifth"), status("succeeded")]);
    const { lines } = await ask(world.platform, logPage, ["GET", `/executions/${id}/logs`]);
    const broken = expect.stringMatching(
      /^Entries 3 to 4 of this log cannot be read \(.+\); .*Restore it from a backup$/,
    );
    expect(lines.map(({ text }) => text)).toEqual(["first", broken, "fourth", "fifth"]);
    expect(lines[1]).toMatchObject({ stream: "system", level: "error", cursor: "4" });
    const { steps } = await world.show(id);
    expect(steps[0]?.output.split("\n")).toEqual(["first", broken, "fourth", "fifth"]);
    const events = await (await send(world.platform, "GET", `/executions/${id}/logs?after=3&limit=1`)).text();
    expect(events).toContain("cannot be read");
  });
});

test("readOutputBackwards() reads no more than it is asked for", async () => {
  const id = await open();
  for (let from = 1; from <= 20_000; from += 1_000) {
    await append(
      id,
      numbers(from, from + 999).map((text) => line(text)),
    );
  }
  let asked = 0;
  const { database } = world;
  const counting: Sql = { ...database, rows: async (...given) => ((asked += 1), database.rows(...given)) };
  const found: string[] = [];
  for await (const text of readOutputBackwards(counting, id, 0)) {
    found.push(text);
    if (found.length === 1_500) break;
  }
  expect(found).toEqual(numbers(18_501, 20_000).toReversed());
  expect(asked).toBeLessThanOrEqual(2);
});

test("PostgreSQL keeps the bodies of blocks as they are: they are compressed already", async () => {
  const row = await world.database.row(
    z.object({ attstorage: z.string() }),
    "select attstorage from pg_attribute where attrelid = 'feed_blocks'::regclass and attname = 'body'",
  );
  expect(row?.attstorage).toBe("e");
});

test("PostgreSQL has at most 700 bytes for the feed of a plain run, and 40 for each line of a realistic log that comes slowly", async () => {
  const plain = await open();
  await append(plain, [status("running")]);
  const step = { script: "a.sh", name: "a.sh", exitCode: null, durationMs: null } as const;
  await append(plain, [
    { kind: "step", step: 0, body: { ...step, status: "running" } },
    line("done"),
    { kind: "step", step: 0, body: { ...step, status: "succeeded", exitCode: 0, durationMs: 12.5 } },
    status("succeeded"),
  ]);
  expect(await sizeOf(plain)).toBeLessThan(700);
  const slow = await open();
  for (let index = 0; index < 800; index += 1) {
    const at = new Date(1_790_000_000_000 + index * 1_000).toISOString();
    await append(slow, [
      line(`${at} INFO order ${index} of user ${(index * 7_919) % 1_000} shipped in ${index % 97} ms`.padEnd(80)),
    ]);
  }
  await append(slow, [status("succeeded")]);
  expect((await sizeOf(slow)) / 800).toBeLessThan(40);
});

/** The bytes of an execution's blocks: their columns, a row's header and place in its page, and its entry in the index. */
async function sizeOf(id: ExecutionId): Promise<number> {
  const row = await world.database.row(
    z.object({ bytes: z.coerce.number() }),
    `select sum(pg_column_size(last_cursor) + pg_column_size(steps) + pg_column_size(entry_count) + pg_column_size(kinds)
                + 1 + pg_column_size(execution_id) + pg_column_size(body) + 28 + 44) as bytes
     from feed_blocks where execution_id = $1`,
    [id],
  );
  return row?.bytes ?? 0;
}

/** The bytes of the whole table on disk, with its index and what is out of line. */
async function sizeOfTable(): Promise<number> {
  const row = await world.database.row(
    z.object({ bytes: z.coerce.number() }),
    "select pg_total_relation_size('feed_blocks') as bytes",
  );
  return row?.bytes ?? 0;
}
