import { createBatchSealer, newId, secretContext, sha256Hex, stateContext, toBase64 } from "@sealrun/crypto";
import { connectNats, type NatsLink } from "@sealrun/nats";
import { start } from "@sealrun/platform";
import {
  encodeJson,
  eventId,
  limits,
  scheduleId,
  secretName,
  type AttemptRef,
  type RpcVerb,
  subjects,
} from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { lookUpSecret } from "../../../executor/src/worker/secrets/open-secret.ts";
import { storeSecret } from "../../../executor/src/worker/secrets/seal-secret.ts";
import { forgetPuts, putState as storePut } from "../../../packages/platform/src/executions/state-store.ts";
import { putState, readState } from "../../../executor/src/worker/secrets/state.ts";
import { send } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";
import type { PeerAttempt } from "../../support/executor-peer.ts";

let world: ExecutionsWorld;
/** Another platform on the same database: what the first one has seen, it has not. */
let other: Awaited<ReturnType<typeof start>>;
/** A thief on the bus, who hears every request of executors and can send it again. */
let bus: NatsLink;
const heard: { readonly verb: RpcVerb; readonly subject: string; readonly frame: Uint8Array }[] = [];
beforeAll(async () => {
  world = await startExecutionsWorld();
  other = await start(world.platform.config, { log: pino({ level: "silent" }) });
  bus = await connectNats({ ...world.platform.config.nats, name: "thief", inboxPrefix: "_INBOX" });
  for (const verb of ["set", "state", "emit", "schedule", "finish", "release"] as const) {
    bus.connection.subscribe(subjects.everyRpc(verb), {
      callback: (_error, { subject, data }) => void heard.push({ verb, subject, frame: data }),
    });
  }
  await bus.connection.flush();
});
beforeEach(() => void heard.splice(0));
afterAll(async () => {
  await bus.close();
  await other.close();
  await world.close();
});

const answerBody = z.union([
  z.looseObject({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), code: z.string(), message: z.string() }),
]);
type Answer = z.infer<typeof answerBody>;

/** What is in a frame, whoever made it. */
function readBody(frame: Uint8Array): Answer {
  const view = Buffer.from(frame);
  const at = 4 + view.readUInt32BE(0);
  return answerBody.parse(JSON.parse(view.subarray(at + 4, at + 4 + view.readUInt32BE(at)).toString()));
}

/** Sends a frame again until each of the two platforms has got it; the answer of the one that had not seen it. */
async function replay({ subject, frame }: (typeof heard)[number]): Promise<Answer> {
  for (;;) {
    const answer = readBody((await bus.connection.request(subject, frame, { timeout: 10_000 })).data);
    if (answer.ok || answer.code !== "REPLAYED") return answer;
  }
}

/** The frames of a verb that were sent meanwhile. */
async function framesOf(verb: RpcVerb, act: () => Promise<unknown>): Promise<typeof heard> {
  await act();
  await bus.connection.flush();
  return heard.splice(0).filter((one) => one.verb === verb);
}

const auditOf = async (action: string): Promise<number> =>
  (
    await world.database.row(z.object({ n: z.number() }), "select count(*)::int as n from audit where action = $1", [
      action,
    ])
  )?.n ?? -1;
const countParts = async (): Promise<number> =>
  (await world.database.row(z.object({ n: z.number() }), "select count(*)::int as n from set_parts"))?.n ?? -1;
const read = async (attempt: PeerAttempt, name: string) => lookUpSecret(attempt.worker, secretName.parse(name));
const setOf = async (attempt: PeerAttempt, name: string, value: string) =>
  framesOf("set", async () => storeSecret(attempt.worker, { name, value, scope: "project" }));

describe("answerSet() and a frame that is sent again to another platform", () => {
  test("answerSet() does not put an older value over a newer one", async () => {
    const attempt = await world.claim("report");
    const [older] = await setOf(attempt, "ROTATED", "older");
    await setOf(attempt, "ROTATED", "newer");
    if (older === undefined) throw new TypeError("nothing was set");
    const audited = await auditOf("secret.set");
    expect(await replay(older)).toMatchObject({ ok: true, stored: { version: 1 } });
    expect(await read(attempt, "ROTATED")).toMatchObject({ value: "newer", version: 2 });
    expect(await auditOf("secret.set")).toBe(audited);
  });

  test("answerSet() brings no deleted secret back", async () => {
    const attempt = await world.claim("report");
    const [frame] = await setOf(attempt, "DELETED", "value");
    if (frame === undefined) throw new TypeError("nothing was set");
    expect((await send(world.platform, "DELETE", "/projects/acme/secrets/DELETED")).ok).toBe(true);
    expect(await replay(frame)).toMatchObject({ ok: true });
    expect(await read(attempt, "DELETED")).toBeUndefined();
  });

  test("answerSet() keeps no part of a value that is stored already", async () => {
    const attempt = await world.claim("report");
    const frames = await setOf(attempt, "LARGE", "é".repeat(524_287));
    expect(frames.length).toBeGreaterThan(1);
    await setOf(attempt, "LARGE", "newer");
    for (const frame of frames) expect(await replay(frame)).toMatchObject({ ok: true });
    expect(await countParts()).toBe(0);
    expect(await read(attempt, "LARGE")).toMatchObject({ value: "newer", version: 2 });
  });

  test("answerSet() stores the same sealed bytes once, however many ask at once", async () => {
    const attempt = await world.claim("report");
    const { platformId, project } = attempt.event;
    const name = secretName.parse("AT_ONCE");
    const context = secretContext({ platformId, scope: "project", ownerId: project.id, name });
    const envelope = createBatchSealer(attempt.grant.publicKey("project")).seal(context, encodeJson("value"));
    const asked = {
      ...attempt.ref,
      scope: "project",
      name,
      sha256: sha256Hex(envelope),
      size: envelope.length,
    } as const;
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () =>
        attempt.rpc.set({ ...asked, part: 0, parts: 1, bytes: toBase64(envelope) }),
      ),
    );
    expect(answers.map(({ stored }) => stored?.version)).toEqual(Array.from({ length: 8 }, () => 1));
  });
});

describe("answerState() and a frame that is sent again to another platform", () => {
  test("answerState() does not put an older value over a newer one, of the same or another attempt", async () => {
    const [one, two] = [await world.claim("report"), await world.claim("report")];
    const [older] = await framesOf("state", async () => putState(one.worker, "cursor", "older"));
    if (older === undefined) throw new TypeError("nothing was put");
    await putState(one.worker, "cursor", "newer");
    expect(await replay(older)).toEqual({ ok: true });
    expect(await readState(one.worker)).toEqual({ cursor: "newer" });
    const [again] = await framesOf("state", async () => putState(one.worker, "cursor", "newer still"));
    await putState(two.worker, "cursor", "the newest");
    const audited = await auditOf("state.put");
    if (again === undefined) throw new TypeError("nothing was put");
    expect(await replay(again)).toEqual({ ok: true });
    expect(await readState(two.worker)).toEqual({ cursor: "the newest" });
    expect(await auditOf("state.put")).toBe(audited);
  });

  test("answerState() takes the same bytes under another key, or in another package, for another put", async () => {
    const attempt = await world.claim("report");
    const { platformId, package: own } = attempt.event;
    const context = stateContext({ platformId, packageId: own.id, key: "one" });
    const envelope = createBatchSealer(attempt.grant.publicKey("service")).seal(context, encodeJson("value"));
    const audited = await auditOf("state.put");
    const put = async (key: string) =>
      attempt.rpc.state({ ...attempt.ref, op: "put", key, envelope: toBase64(envelope) });
    for (const key of ["one", "two", "one", "two"]) expect((await put(key)).value).toEqual({ ok: true });
    expect(await auditOf("state.put")).toBe(audited + 2);
    await world.push("twin");
    const { event } = await world.claim("twin");
    const again = {
      key: "one",
      sealed: envelope,
      sha256: sha256Hex(envelope),
      requester: { name: "test", requestId: "req_x" },
      attempt: 1,
    };
    for (let time = 0; time < 2; time += 1) await storePut(world.database, event.package.id, again);
    expect(await auditOf("state.put")).toBe(audited + 3);
    const rows = await world.database.rows(
      z.object({ package_id: z.string(), key: z.string() }),
      `select package_id, key from package_state
       where package_id = $2 or (package_id = $1 and key in ('one', 'two')) order by package_id = $2, key`,
      [own.id, event.package.id],
    );
    expect(rows.map(({ package_id: id, key }) => [id, key])).toEqual([
      [own.id, "one"],
      [own.id, "two"],
      [event.package.id, "one"],
    ]);
    // Its executors could not open these: each value is sealed for its own key.
    await world.database.run("delete from package_state where package_id = any ($1)", [[own.id, event.package.id]]);
  });

  test("forgetPuts() forgets what was put an hour ago, and nothing younger", async () => {
    const attempt = await world.claim("report");
    await putState(attempt.worker, "old", 1);
    await world.database.run("update state_puts set put_at = put_at - interval '61 minutes'");
    await putState(attempt.worker, "old", 2);
    await forgetPuts(world.database);
    const row = z.object({ n: z.number() });
    expect(await world.database.row(row, "select count(*)::int as n from state_puts")).toEqual({ n: 1 });
  });
});

describe("answerRpc() and other frames that are sent again to another platform", () => {
  const countOf = async (table: "events" | "schedules" | "executions", { executionId }: AttemptRef): Promise<number> =>
    (
      await world.database.row(
        z.object({ n: z.number() }),
        `select count(*)::int as n from ${table} where ${
          {
            events: "execution_id = $1",
            schedules: "created_by = 'execution ' || $1",
            executions: "trigger ->> 'executionId' = $1",
          }[table]
        }`,
        [executionId],
      )
    )?.n ?? -1;

  test("answerEmit() and answerSchedule() start nothing again", async () => {
    await world.push("waits", { "main.sh": "true\n", "manifest.json": JSON.stringify({ trigger_events: ["a.b"] }) });
    const { ref, rpc } = await world.claim("report");
    const emit = { ...ref, id: eventId.parse(newId("event")), type: "a.b", source: "test" };
    const when = { delayMs: limits.scheduleDelayMs };
    const schedule = { ...ref, id: scheduleId.parse(newId("schedule")), when, sealedNames: [] };
    const [emitted] = await framesOf("emit", async () => rpc.emit(emit));
    const [scheduled] = await framesOf("schedule", async () => rpc.schedule(schedule));
    if (emitted === undefined || scheduled === undefined) throw new TypeError("nothing was asked");
    expect(await replay(emitted)).toMatchObject({ ok: true, id: emit.id });
    expect(await replay(scheduled)).toMatchObject({ ok: true, id: schedule.id });
    expect([await countOf("events", ref), await countOf("executions", ref), await countOf("schedules", ref)]).toEqual([
      1, 1, 1,
    ]);
  });

  test("answerSchedule() stores and audits a schedule once, however many ask at once", async () => {
    const { ref, rpc } = await world.claim("report");
    const id = scheduleId.parse(newId("schedule"));
    const before = await auditOf("schedule.set");
    const answers = await Promise.all(
      Array.from({ length: 8 }, async (_, turn) =>
        rpc.schedule({ ...ref, id, when: { delayMs: 3_600_000 + turn }, sealedNames: [] }),
      ),
    );
    expect(new Set(answers.map(({ nextAt }) => nextAt)).size).toBe(1);
    expect(await auditOf("schedule.set")).toBe(before + 1);
    expect(await countOf("schedules", ref)).toBe(1);
  });

  test("answerFinish() and answerRelease() end no later attempt", async () => {
    const first = await world.claim("report");
    const [ended] = await framesOf("finish", async () =>
      first.rpc.finish({ ...first.ref, status: "failed", lastSequence: 0, error: undefined }),
    );
    if (ended === undefined) throw new TypeError("nothing was ended");
    expect(await replay(ended)).toMatchObject({ ok: true, ends: [{ ok: true }] });
    const { ref, rpc } = await world.claim("report");
    const [released] = await framesOf("release", async () =>
      rpc.release({ ...ref, reason: { code: "DISK_FULL", message: "No space" } }),
    );
    if (released === undefined) throw new TypeError("nothing was released");
    for (;;) {
      const { event, message } = await world.peer.take();
      message.done();
      if (event.executionId !== ref.executionId) continue;
      expect((await world.peer.claim(event)).ref.attempt).toBe(2);
      break;
    }
    expect(await replay(released)).toEqual({ ok: true });
    expect((await world.show(ref.executionId)).status).toBe("running");
  });
});
