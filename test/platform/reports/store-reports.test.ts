import { readFile } from "node:fs/promises";
import { importIdentity, newId, signFrame } from "@sealrun/crypto";
import { connectNats } from "@sealrun/nats";
import { type Database, openDatabase, type Sql } from "@sealrun/postgres";
import {
  type AttemptRef,
  encodeJson,
  executorId,
  inboxPrefix,
  logPage,
  type ReportItem,
  reportsStream,
  subjects,
} from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { findExecutor } from "../../../packages/platform/src/executors/store.ts";
import { ensureStreams } from "../../../packages/platform/src/nats/streams.ts";
import { consumeReports } from "../../../packages/platform/src/reports/consume-reports.ts";
import { ask } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";
import { startTestNats } from "../../support/servers.ts";
import { startTcpProxy } from "../../support/tcp-proxy.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

/** A transaction that stored chunks, or tried to. */
interface Try {
  /** How many chunks it inserted; 0 when it came no further than the locks. */
  readonly chunks: number;
  readonly isStored: boolean;
}

describe("storeTogether()", () => {
  test("storeTogether() stores half as much after a timeout, until it fits: all of it, once and in order", async () => {
    const refs = await claimSome(4);
    // PostgreSQL takes so long for each chunk that it ends a transaction with more than ten of them.
    await world.database.run(`create function be_slow() returns trigger language plpgsql as $$
      begin perform pg_sleep(0.1 * (select count(*) from added)); return null; end $$`);
    await world.database.run(`create trigger slow after insert on report_chunks referencing new table as added
      for each statement execute function be_slow()`);
    onTestFinished(async () => void (await world.database.run("drop function be_slow cascade")));
    const { tried, end } = await storeAll(world.database, refs, { chunks: 10, timeoutMs: 1_000 });
    await end();
    // The first one is read and stored while the others arrive.
    expect(tried.slice(0, 2)).toEqual([
      { chunks: 1, isStored: true },
      { chunks: 39, isStored: false },
    ]);
    for (const [index, { chunks, isStored }] of tried.entries()) {
      const next = tried[index + 1];
      if (!isStored && next !== undefined) expect(next.chunks).toBeLessThanOrEqual(Math.max(1, chunks / 2));
    }
    await expectWhole(refs, { chunks: 10 });
  });

  test("storeTogether() gives nothing up while a table is locked for longer than a statement may take", async () => {
    const refs = await claimSome(2);
    const { release, released } = await hold("lock table report_chunks in share mode");
    const { tried, end } = await storeAll(world.database, refs, { chunks: 6, timeoutMs: 300 });
    await until(async () => tried.length >= 3);
    expect(tried.filter(({ isStored }) => isStored)).toEqual([]);
    release();
    await released;
    await end();
    await expectWhole(refs, { chunks: 6 });
  });

  test("storeTogether() stores once what was committed without an answer", async () => {
    const refs = await claimSome(2);
    const { postgres } = world.platform.config;
    if (!("host" in postgres)) throw new TypeError("the database has no socket");
    const wire = await startTcpProxy(() => ({ path: `${postgres.host}/.s.PGSQL.5432` }));
    const database = await openDatabase({
      config: { ...postgres, host: "127.0.0.1", port: wire.port },
      applicationName: "test",
    });
    const { release, released } = await hold("lock table report_chunks in share mode");
    const { tried, end } = await storeAll(database, refs, { chunks: 3, timeoutMs: 20_000 });
    const waiting = "pg_locks where relation = 'report_chunks'::regclass and not granted";
    await until(async () => (await count(waiting)) === 1);
    // "commit" was sent with the statement that waits.
    wire.freeze();
    release();
    await released;
    const ids = refs.map(({ executionId }) => executionId);
    await until(async () => (await count("report_chunks where execution_id = any ($1)", [ids])) > 0);
    expect(tried).toEqual([]);
    wire.heal();
    await end();
    expect(tried[0]).toEqual({ chunks: 1, isStored: false });
    await expectWhole(refs, { chunks: 3 });
    await database.close();
    await wire.close();
  });
});

describe("storeAlone()", () => {
  test("storeAlone() gives nothing up while its execution is locked for longer than a statement may take", async () => {
    const refs = await claimSome(3);
    const [locked, ...others] = refs;
    if (locked === undefined) throw new TypeError("nothing was claimed");
    const { release, released } = await hold("select from executions where id = $1 for update", [locked.executionId]);
    const { tried, end } = await storeAll(world.database, refs, { chunks: 4, timeoutMs: 300 });
    await until(async () => tried.filter(({ isStored }) => !isStored).length >= 2);
    await expectWhole(others, { chunks: 4 });
    expect(await linesOf(locked)).toEqual([]);
    release();
    await released;
    await end();
    await expectWhole(refs, { chunks: 4 });
  });
});

const textsOf = (sequence: number): readonly string[] => ["a", "b", "c"].map((name) => `${sequence} ${name}`);
const line = (text: string): ReportItem => ({ type: "log", step: 0, stream: "stdout", text, time: 1_000 });
const linesOf = async ({ executionId: id }: AttemptRef): Promise<readonly string[]> =>
  (await ask(world.platform, logPage, ["GET", `/executions/${id}/logs?limit=1000`])).lines.map(({ text }) => text);

async function claimSome(attempts: number): Promise<readonly AttemptRef[]> {
  const refs: AttemptRef[] = [];
  while (refs.length < attempts) refs.push((await world.claim("report")).ref);
  return refs;
}

/** All lines of these attempts come to be stored, each once and in its place. */
async function expectWhole(refs: readonly AttemptRef[], { chunks }: { readonly chunks: number }): Promise<void> {
  const expected = Array.from({ length: chunks }, (_, index) => textsOf(index + 1)).flat();
  for (const ref of refs) {
    await until(async () => (await linesOf(ref)).length >= expected.length);
    expect(await linesOf(ref)).toEqual(expected);
  }
}

/**
 * Publishes chunks of three lines of each attempt, the attempts in turn, in a stream that the world's platform does not
 * read, and stores them in `database`. Nothing is stored before the first one, alone, and all others have been read.
 * PostgreSQL ends each statement that takes longer than `timeoutMs`. `end` waits until the stream is empty.
 */
async function storeAll(
  database: Database,
  refs: readonly AttemptRef[],
  { chunks, timeoutMs }: { readonly chunks: number; readonly timeoutMs: number },
) {
  const nats = await startTestNats();
  const link = await connectNats({
    url: nats.url,
    ...nats.platform,
    name: "test",
    inboxPrefix: inboxPrefix("platform"),
  });
  await ensureStreams(link);
  const { identity } = world.peer.state;
  const sender = executorId.parse(identity.id);
  const subject = subjects.reports(sender);
  for (let sequence = 1; sequence <= chunks; sequence += 1) {
    for (const ref of refs) {
      const header = { v: 1, kind: "report", subject, sender, requestId: newId("request"), time: Date.now() } as const;
      const body = encodeJson({ sequence, items: textsOf(sequence).map(line) });
      await link.connection.jetstream().publish(subject, signFrame(identity, { ...header, ...ref }, body));
    }
  }
  const tried: Try[] = [];
  const allRead = Promise.withResolvers<void>();
  let read = 0;
  const stop = consumeReports({
    database: {
      ...database,
      transaction: async (work) => {
        await allRead.promise;
        return noteTry(database, { timeoutMs, tried, work });
      },
    },
    link,
    identity: importIdentity(await readFile(world.platform.config.identityFile)),
    kept: {
      findExecutor: async (id) => {
        read += 1;
        if (read === chunks * refs.length) allRead.resolve();
        return findExecutor(world.database, id);
      },
    },
    log: pino({ level: "silent" }),
    queues: { check: async () => undefined },
  });
  const manager = await link.connection.jetstreamManager();
  const end = async (): Promise<void> => {
    await until(async () => (await manager.streams.info(reportsStream)).state.messages === 0);
    await stop();
    await link.close();
    await nats.stop();
  };
  return { tried, end };
}

async function noteTry<T>(
  database: Database,
  { timeoutMs, tried, work }: { timeoutMs: number; tried: Try[]; work: (sql: Sql) => Promise<T> },
): Promise<T> {
  let chunks = 0;
  const noting = (sql: Sql): Sql => ({
    ...sql,
    run: async (text, values) => {
      const [executions] = values ?? [];
      if (text.includes("insert into report_chunks") && Array.isArray(executions)) chunks = executions.length;
      return sql.run(text, values);
    },
  });
  try {
    const done = await database.transaction(async (sql) => {
      await sql.run(`set local statement_timeout = ${timeoutMs}`);
      return work(noting(sql));
    });
    tried.push({ chunks, isStored: true });
    return done;
  } catch (error) {
    tried.push({ chunks, isStored: false });
    throw error;
  }
}

/** Holds the locks of a statement until `release`. */
async function hold(text: string, values: readonly unknown[] = []) {
  const [held, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const released = world.database.transaction(async (sql) => {
    await sql.run(text, values);
    held.resolve();
    await gate.promise;
  });
  await held.promise;
  return { release: gate.resolve, released };
}

async function count(from: string, values: readonly unknown[] = []): Promise<number> {
  const row = await world.database.row(
    z.object({ count: z.number() }),
    `select count(*)::int as count from ${from}`,
    values,
  );
  return row?.count ?? 0;
}
