import {
  createBatchSealer,
  envelopePrefix,
  eventDataContext,
  fromBase64,
  newId,
  openWithMessageKey,
  toBase64,
} from "@sealrun/crypto";
import { decode, encodeJson, eventId, limits, scopeKeyFields, sentEvent } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openParameters } from "../../../executor/src/worker/secrets/open-parameters.ts";
import { keyOf, makePackage, refused, send } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

const canary = "canary-of-the-event-data";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
  await push("listener", { trigger_events: ["report.made", "a.b"] });
  await push("asleep", { trigger_events: ["report.made"], active: false });
});
afterAll(async () => world?.close());

const push = async (name: string, manifest: object): Promise<void> =>
  world.push(name, { "main.sh": "true\n", "manifest.json": JSON.stringify(manifest) });
const post = async (json: unknown) => send(world.platform, "POST", "/projects/acme/events", { json });
const accept = async (json: unknown) => sentEvent.parse(await (await post(json)).json());
const newEventId = () => eventId.parse(newId("event"));
/** Seals as a client does. */
const seal = async (id: string, data: object, forId = id): Promise<string> => {
  const statement = await keyOf(world.platform, "/projects/acme/secrets");
  const { publicKey, ownerId } = decode(scopeKeyFields, fromBase64(statement.body));
  const context = eventDataContext({ platformId: world.platform.platformId, projectId: ownerId, eventId: forId });
  return toBase64(createBatchSealer(fromBase64(publicKey)).seal(context, encodeJson(data)));
};
/** Takes the event of an execution that something else started. */
const takeOf = async (id: string) => {
  for (;;) {
    const { event, message } = await world.peer.take();
    message.done();
    if (event.executionId === id) return event;
  }
};

describe("acceptEvent()", () => {
  test("POST /api/v1/projects/:project/events starts the waiting packages; only the executor opens the data", async () => {
    const id = newEventId();
    const sealed = await seal(id, { token: canary, package_name: "forged", extra: 1 });
    const sent = await accept({ id, type: "report.made", source: "test", sealed });
    expect(sent).toMatchObject({ id, started: [expect.stringMatching(/^exe_/)] });
    const event = await takeOf(sent.started[0] ?? "");
    expect(event.package.name).toBe("listener");
    expect(event.trigger).toEqual({
      kind: "event",
      eventId: id,
      type: "report.made",
      source: "test",
      executionId: null,
    });
    const attempt = await world.peer.claim(event);
    expect(openParameters(attempt.worker, undefined).values).toEqual({ token: canary, extra: 1 });
    const rows = await world.database.rows(z.object({ row: z.string() }), "select e::text as row from events e");
    for (const form of [canary, Buffer.from(canary).toString("hex"), Buffer.from(canary).toString("base64url")]) {
      expect(JSON.stringify([rows, world.logged]).includes(form), form).toBe(false);
    }
  });

  test("POST /api/v1/projects/:project/events seals plain data, and answers the same id again", async () => {
    const id = newEventId();
    const first = await accept({ id, type: "a.b", data: { token: canary } });
    expect(await accept({ id, type: "a.b", data: { token: canary } })).toEqual(first);
    const attempt = await world.peer.claim(await takeOf(first.started[0] ?? ""));
    expect(openParameters(attempt.worker, undefined).values).toEqual({ token: canary });
    expect(await accept({ type: "nobody.waits" })).toMatchObject({ started: [] });
  });

  test.each([
    [{ type: "a\nb" }, "type"],
    [{ type: "a.b", data: {}, sealed: "AAAA" }, "not both"],
    [{ type: "a.b", sealed: "AAAA" }, "id"],
    [{ type: "a.b", id: `evt_${"0".repeat(20)}`, sealed: "AAAA" }, "the data"],
    [{ type: "a.b", data: [] }, "data"],
  ])("sendEvent() refuses %j", async (json, part) => {
    const answer = await refused(post(json));
    expect(answer).toMatchObject({ status: 400, code: "BAD_REQUEST" });
    expect(answer.message).toContain(part);
  });

  test("sendEvent() refuses data sealed with another key, and data of more than the limit", async () => {
    await makePackage(world.platform, "other", "package");
    const id = newEventId();
    const sealed = await seal(id, {});
    const elsewhere = send(world.platform, "POST", "/projects/other/events", { json: { id, type: "a.b", sealed } });
    expect(await refused(elsewhere)).toMatchObject({ code: "KEY_CHANGED" });
    const large = { text: "x".repeat(limits.parametersBytes) };
    expect(await refused(post({ type: "a.b", data: large }))).toMatchObject({ code: "VALUE_TOO_LARGE" });
  });

  test("answerEmit() answers only the sender again", async () => {
    const { ref, rpc } = await world.claim("report");
    const id = newEventId();
    const asked = { ...ref, id, type: "a.b", source: "report" };
    const sent = await rpc.emit(asked);
    expect(sent.started).toHaveLength(1);
    expect(await rpc.emit(asked)).toEqual(sent);
    const other = await world.claim("report");
    await expect(other.rpc.emit({ ...asked, ...other.ref })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await other.rpc.finish({ ...other.ref, status: "succeeded", lastSequence: 0 });
    await expect(other.rpc.emit({ ...asked, ...other.ref, id: newEventId() })).rejects.toMatchObject({
      code: "LEASE_LOST",
    });
  });

  test("acceptEvent() stops packages that start each other without end", async () => {
    await push("loop", { trigger_events: ["loop"] });
    let { started } = await accept({ type: "loop" });
    for (let depth = 1; depth < limits.eventDepth; depth += 1) {
      const { ref, rpc } = await world.peer.claim(await takeOf(started[0] ?? ""));
      ({ started } = await rpc.emit({ ...ref, id: newEventId(), type: "loop", source: "loop" }));
      await rpc.finish({ ...ref, status: "succeeded", lastSequence: 0 });
    }
    const { ref, rpc } = await world.peer.claim(await takeOf(started[0] ?? ""));
    await expect(rpc.emit({ ...ref, id: newEventId(), type: "loop", source: "loop" })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  });

  test("acceptEvent() stops an execution that sends events in a loop", async () => {
    const { ref, rpc } = await world.claim("report");
    const emit = async (type: string) => rpc.emit({ ...ref, id: newEventId(), type, source: "report" });
    await emit("nobody.waits");
    await world.database.run(
      `insert into events (id, project_id, type, source, execution_id, depth)
       select 'evt_' || lpad(n::text, 20, '0'), project_id, type, source, execution_id, depth
       from events, generate_series(2, $2) n where execution_id = $1`,
      [ref.executionId, limits.eventsPerExecution],
    );
    await expect(emit("nobody.waits")).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  test("applyTriggers() follows the newest version", async () => {
    await push("fickle", { trigger_events: ["first", "third"] });
    expect((await accept({ type: "first" })).started).toHaveLength(1);
    await push("fickle", { trigger_events: ["second"] });
    expect((await accept({ type: "first" })).started).toEqual([]);
    expect((await accept({ type: "second" })).started).toHaveLength(1);
  });
});

test("answerGrant() opens an event's data with a key that is good for nothing else of the project", async () => {
  const id = newEventId();
  const { started } = await accept({ id, type: "a.b", data: { a: 1 } });
  const event = await takeOf(started[0] ?? "");
  const { grant } = await world.peer.claim(event);
  expect(grant.parametersKey).toBeUndefined();
  const key = grant.eventDataKey(id) ?? new Uint8Array(0);
  const envelope = fromBase64(event.parameters.eventData?.envelope ?? "");
  expect(Buffer.from(openWithMessageKey(key, envelope)).toString()).toBe('{"a":1}');
  expect(grant.eventDataKey(newEventId())).toBeUndefined();
});

test("answerGrant() refuses the project's key for a value of the package, and the package's for an event's data", async () => {
  for (const kind of ["parameters", "event-data"] as const) {
    const { started } = await accept({ type: "a.b", data: { a: 1 } });
    const event = await takeOf(started[0] ?? "");
    const ofProject = envelopePrefix(fromBase64(event.parameters.eventData?.envelope ?? ""));
    const ofPackage = envelopePrefix(fromBase64((await sealedOfReport()) ?? ""));
    const prefix = toBase64(kind === "parameters" ? ofProject : ofPackage);
    const value = { kind, prefix, ...(kind === "parameters" ? {} : { id: event.parameters.eventData?.id }) };
    await world.database.run("update executions set granted = $2 where id = $1", [
      event.executionId,
      JSON.stringify([value]),
    ]);
    await expect(world.peer.claim(event)).rejects.toMatchObject({ code: "NO_GRANT" });
  }
});

/** Parameters sealed to the key of the package. */
const sealedOfReport = async (): Promise<string | undefined> =>
  (await world.take("report", { parameters: { token: "x" } })).parameters.sealed;
