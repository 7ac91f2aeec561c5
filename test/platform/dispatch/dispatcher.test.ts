import { newId } from "@sealrun/crypto";
import { connectNats } from "@sealrun/nats";
import { executionId, executionsStream } from "@sealrun/protocol";
import { start } from "@sealrun/platform";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startDispatcher } from "../../../packages/platform/src/dispatch/dispatcher.ts";
import { readKnownQueues } from "../../../packages/platform/src/dispatch/queues-store.ts";
import { addToOutbox } from "../../../packages/platform/src/outbox/store.ts";
import { send } from "../../support/api.ts";
import { openCountedDeps } from "../../support/counted-deps.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";
import { enrolPeer } from "../../support/executor-peer.ts";
import { holdBack } from "../../support/hold-back.ts";
import { workOff } from "../../support/work-off.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());
// What was taken and not claimed would be published again after half a minute, and be taken by a later test.
afterEach(async () => {
  const row = z.object({ id: z.string() });
  const left = await world.database.rows(row, "select id from executions where status = 'queued'");
  for (const { id } of left) await send(world.platform, "POST", `/executions/${id}/cancel`);
});

const outboxRows = async (): Promise<number> => world.database.run("select 1 from outbox");

describe("startDispatcher()", () => {
  test("startDispatcher() keeps an execution queued until its pool has an executor", async () => {
    await world.push("gpu", { "main.sh": "true\n", "manifest.json": '{"pool":"GPU"}' });
    const id = await world.start("gpu");
    await world.take("report");
    // The other one leaves the outbox a moment after its event is published.
    await until(async () => (await outboxRows()) === 1);
    expect((await world.show(id)).status).toBe("queued");
    const late = await enrolPeer(world.platform, { pool: "gpu" });
    const { event, message } = await late.take();
    expect(event.executionId).toBe(id);
    message.done();
    await late.close();
  });

  test("startDispatcher() publishes executions in the order of their starts", async () => {
    const ids = [await world.start("report"), await world.start("report"), await world.start("report")];
    const offered: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      const { event, message } = await world.peer.take();
      message.done();
      offered.push(event.executionId);
    }
    expect(offered).toEqual(ids);
    await until(async () => (await outboxRows()) === 0);
  });

  test("startDispatcher() publishes a new generation of an event that expired unclaimed", async () => {
    const event = await world.take("report");
    await world.database.run(
      "update executions set event_expires_at = clock_timestamp() - interval '1 ms' where id = $1",
      [event.executionId],
    );
    const { event: next, message } = await world.peer.take();
    message.done();
    expect(next).toMatchObject({ executionId: event.executionId, generation: 2 });
    expect((await world.peer.claim(next)).ref.attempt).toBe(1);
  });

  test("startDispatcher() publishes again when an event was published and its row was not committed", async () => {
    const event = await world.take("report");
    await world.database.run("update executions set generation = 0, event_expires_at = null where id = $1", [
      event.executionId,
    ]);
    await addToOutbox(world.database, executionId.parse(event.executionId));
    const { event: next, message } = await world.peer.take();
    message.done();
    expect(next).toMatchObject({ executionId: event.executionId, generation: 2 });
  });

  test("startDispatcher() fails an execution that cannot be read, and goes on with those after it", async () => {
    const [broken, next] = await holdBack(world.database, ["default"], async () => {
      const ids = [await world.start("report"), await world.start("report")] as const;
      await world.database.run(`update executions set trigger = '{"kind":"moon"}' where id = $1`, [ids[0]]);
      return ids;
    });
    const { event, message } = await world.peer.take();
    message.done();
    expect(event.executionId).toBe(next);
    // Both are in one batch, whose transaction ends after its events are published.
    await until(async () => (await outboxRows()) === 0);
    const status = z.object({ status: z.string(), code: z.string() });
    const sql = "select status, error ->> 'code' as code from executions where id = $1";
    expect(await world.database.row(status, sql, [broken])).toEqual({ status: "failed", code: "INTERNAL" });
  });

  test("startDispatcher() publishes each execution once with several platforms", async () => {
    const other = { ...world.platform.config, listen: { host: "127.0.0.1", port: 0 } };
    const beside = await start(other, { log: pino({ level: "silent" }) });
    const ids = await Promise.all(Array.from({ length: 20 }, async () => world.start("report")));
    const offered = new Set<string>();
    for (let index = 0; index < 20; index += 1) {
      const { event, message } = await world.peer.take();
      message.done();
      offered.add(event.executionId);
    }
    expect([...offered].toSorted()).toEqual(ids.toSorted());
    await until(async () => (await countMessages()) === 0);
    await beside.close();
  });

  test("startDispatcher() creates deleted queues again, and publishes again what they held", async () => {
    const ref = await world.start("report");
    await until(async () => (await outboxRows()) === 0);
    await deleteStream();
    const id = await world.start("report");
    const offered = new Map<string, number>();
    while (!offered.has(id) || !offered.has(ref)) {
      const { event, message } = await world.peer.take();
      message.done();
      offered.set(event.executionId, event.generation);
    }
    expect(offered.get(ref)).toBe(2);
  });

  test("startDispatcher() fails an execution whose event can never be built", async () => {
    await world.push("tampered", { "main.sh": "true\n", "secrets.json": '{"A":1}' });
    await world.database.run("alter table secret_versions disable trigger user");
    await world.database.run(
      `update secret_versions v set sealed = set_byte(v.sealed, length(v.sealed) - 1, 255 - get_byte(v.sealed, length(v.sealed) - 1))
       from secrets s, packages p where s.id = v.secret_id and p.id = s.owner_id and p.name = 'tampered'`,
    );
    const id = await world.start("tampered");
    await until(async () => (await world.show(id)).status === "failed");
    expect(await world.show(id)).toMatchObject({
      error: { code: "TAMPERED" },
      steps: [{ status: "skipped" }],
      attempt: 0,
    });
  });

  test("startDispatcher() fails an execution whose version cannot be read, and goes on with the next", async () => {
    await world.push("unreadable");
    await world.database.run("alter table versions disable trigger user");
    await world.database.run(
      "update versions v set steps = '[5]' from packages p where p.id = v.package_id and p.name = 'unreadable'",
    );
    const [version] = await world.database.rows(
      z.object({ id: z.string(), project_id: z.string(), package_id: z.string() }),
      "select v.id, p.project_id, p.id as package_id from versions v join packages p on p.id = v.package_id where p.name = 'unreadable'",
    );
    const id = newId("execution");
    await world.database.run(
      `insert into executions (id, project_id, package_id, version_id, pool_name, status, visible, sealed_names)
       values ($1, $2, $3, $4, 'default', 'queued', '{}', '[]')`,
      [id, version?.project_id, version?.package_id, version?.id],
    );
    await addToOutbox(world.database, executionId.parse(id));
    await world.take("report");
    // Both may be in one batch, whose transaction ends after its events are published.
    await until(async () => (await world.show(id)).status === "failed");
    expect(await world.show(id)).toMatchObject({ error: { code: "INTERNAL" } });
  });

  test("startDispatcher() fails an execution whose configuration does not fit into a message", async () => {
    await world.push("heavy", { "main.sh": "true\n", "config.json": JSON.stringify({ a: "x".repeat(1_045_000) }) });
    const id = await world.start("heavy");
    await until(async () => (await world.show(id)).status === "failed");
    expect(await world.show(id)).toMatchObject({ error: { code: "VALUE_TOO_LARGE" } });
  });

  test("startDispatcher() asks nothing about what starts in a full pool, and publishes it when there is room", async () => {
    const counted = await openCountedDeps(world.platform);
    const nothing = async (): Promise<void> => undefined;
    const stop = await startDispatcher({
      ...counted.deps,
      fitness: {
        isAnswering: () => true,
        clockFault: () => undefined,
        onChange: () => () => undefined,
        close: nothing,
      },
      queues: {
        ready: nothing,
        worked: nothing,
        failed: nothing,
        check: async () => readKnownQueues(counted.deps.database),
      },
    });
    const texts: string[] = [];
    const asked = (what: RegExp): number => texts.filter((text) => what.test(text)).length;
    // As its heartbeats say from then on.
    world.peer.setTrouble({ code: "DISK_FULL", message: "No space is left" });
    await until(async () => (await world.database.run("select from executors where trouble is not null")) === 1);
    const ids = [await world.start("report")];
    // From then on this dispatcher knows it too.
    await until(async () => {
      texts.push(...counted.takeStatements());
      return asked(/select lower\(l\.name\)/) > 1 && asked(/pg_try_advisory/) > 0;
    });
    texts.length = 0;
    for (let index = 0; index < 8; index += 1) ids.push(await world.start("report"));
    await until(async () => {
      texts.push(...counted.takeStatements());
      return asked(/select lower\(l\.name\)/) > 0;
    });
    texts.push(...counted.takeStatements());
    // Once a second it looks, and asks about the pool then; once more with the next start, if the platform's own
    // dispatcher had locked the pool at that moment.
    expect(asked(/pg_try_advisory/)).toBeLessThanOrEqual(2 * asked(/select lower\(l\.name\)/) + 1);
    world.peer.setTrouble(undefined);
    const done = await workOff(world.peer, ids.length);
    expect(done.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    await stop();
    await counted.close();
  });

  // Last: events that were published and not stored stay in the queue.
  test("startDispatcher() serves every other pool while one of them fails", async () => {
    await world.push("aaa", { "main.sh": "true\n", "manifest.json": '{"pool":"AAA"}' });
    const first = await enrolPeer(world.platform, { pool: "aaa" });
    // PostgreSQL itself refuses updates of this pool's executions.
    await world.database.run(
      `create function refuse_aaa() returns trigger language plpgsql as
       $$ begin raise exception 'not this one'; end $$`,
    );
    await world.database.run(
      `create trigger refuse_aaa before update on executions for each row
       when (lower(new.pool_name) = 'aaa') execute function refuse_aaa()`,
    );
    try {
      const id = await holdBack(world.database, ["aaa", "default"], async () => {
        // A start updates the execution too, so the trigger is off meanwhile.
        await world.database.run("alter table executions disable trigger refuse_aaa");
        await world.start("aaa");
        await world.database.run("alter table executions enable trigger refuse_aaa");
        return world.start("report");
      });
      const { event, message } = await world.peer.take();
      message.done();
      expect(event.executionId).toBe(id);
      await until(async () => world.logged.some((line) => line.includes("not this one")));
    } finally {
      await world.database.run("drop trigger refuse_aaa on executions");
      await world.database.run("drop function refuse_aaa()");
    }
    const { message } = await first.take();
    message.done();
    await first.close();
  });
});

async function countMessages(): Promise<number> {
  const link = await connectNats({ ...world.platform.config.nats, name: "test", inboxPrefix: "_INBOX.platform" });
  const manager = await link.connection.jetstreamManager();
  const { state } = await manager.streams.info(executionsStream);
  await link.close();
  return state.messages;
}

async function deleteStream(): Promise<void> {
  const link = await connectNats({ ...world.platform.config.nats, name: "test", inboxPrefix: "_INBOX.platform" });
  await (await link.connection.jetstreamManager()).streams.delete(executionsStream);
  await link.close();
}
