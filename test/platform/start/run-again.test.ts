import { auditList, sentEvent, startedExecution } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openParameters } from "../../../executor/src/worker/secrets/open-parameters.ts";
import { ask, refused, send } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const post = async (id: string, json?: object, key?: string): Promise<Response> =>
  send(world.platform, "POST", `/executions/${id}/again`, {
    ...(json === undefined ? {} : { json }),
    ...(key === undefined ? {} : { headers: { "idempotency-key": key } }),
  });

async function again(id: string, json?: object, key?: string): Promise<string> {
  const response = await post(id, json, key);
  expect(response.status, await response.clone().text()).toBe(202);
  return startedExecution.parse(await response.json()).id;
}

const form = (...fields: object[]) => ({ "main.sh": "true\n", "parameters.json": JSON.stringify({ fields }) });
const region = { name: "region", type: "text", visible: true };
const token = { name: "token", type: "text" };

describe("POST /executions/:execution/again", () => {
  test("POST /executions/:execution/again starts the newest version with the same parameters, sealed ones as they were", async () => {
    await world.push("form", form(region, token));
    const first = await world.start("form", { parameters: { region: "eu", token: "canary-of-again" } });
    await world.push("form", form(region, token));
    const second = await again(first);
    expect(await world.show(second)).toMatchObject({
      version: 2,
      status: "queued",
      trigger: { kind: "request" },
      parameters: { visible: { region: "eu" }, sealedNames: ["token"] },
    });
    for (;;) {
      const { event, message } = await world.peer.take();
      message.done();
      if (event.executionId !== second) continue;
      expect(JSON.stringify(event)).not.toContain("canary-of-again");
      const file = Buffer.from(JSON.stringify({ fields: [region, token] }));
      const { values } = openParameters((await world.peer.claim(event)).worker, file);
      expect(values).toEqual({ region: "eu", token: "canary-of-again" });
      break;
    }
  });

  test("POST /executions/:execution/again runs the original version on demand, whatever the newest one accepts", async () => {
    await world.push("moved", form(region));
    const first = await world.start("moved", { parameters: { region: "eu" } });
    await world.push("moved", form(token));
    const refusal = await refused(post(first));
    expect(refusal).toMatchObject({ status: 400, code: "PARAMETER_INVALID" });
    expect(refusal.message).toBe(
      `The parameters of ${first} do not fit version 2: Parameter "region": that version has no such parameter; run the same version again, or start a new execution`,
    );
    expect(await world.show(await again(first, { version: "same" }))).toMatchObject({
      version: 1,
      parameters: { visible: { region: "eu" } },
    });
  });

  test("POST /executions/:execution/again starts one execution for one Idempotency-Key", async () => {
    const first = await world.start("report");
    const second = await again(first, {}, "once");
    expect(await again(first, {}, "once")).toBe(second);
    expect(await refused(post(first, { version: "same" }, "once"))).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
    const both = await Promise.all([again(first, {}, "both"), again(first, {}, "both")]);
    expect(both[0]).toBe(both[1]);
  });

  test("POST /executions/:execution/again says in the audit which execution it repeats", async () => {
    const first = await world.start("report");
    const second = await again(first);
    const { rows } = await ask(world.platform, auditList, ["GET", `/audit?object=${second}`]);
    expect(rows).toMatchObject([{ action: "execution.start", detail: { again: first } }]);
  });

  test("POST /executions/:execution/again passes the event of an execution on again", async () => {
    await world.push("waits", { "main.sh": "true\n", "manifest.json": '{"trigger_events":["paid"]}' });
    const json = { type: "paid", data: { order: 7 } };
    const { started } = await ask(world.platform, sentEvent, ["POST", "/projects/acme/events", { json }]);
    const [first] = started;
    if (first === undefined) throw new TypeError("the event started nothing");
    const { trigger } = await world.show(first);
    expect(await world.show(await again(first))).toMatchObject({ trigger });
  });

  test("POST /executions/:execution/again keeps the schedule as the trigger, so that its parameters are never resolved", async () => {
    await world.push("due", form(region, token));
    const trigger = { kind: "schedule", scheduleId: "sch_00000000000000000000", dueAt: "2026-01-01T00:00:00.000Z" };
    const first = await world.start("due", { parameters: { token: "canary-of-again" } });
    const plain = await world.start("due", { parameters: { region: "eu" } });
    await world.database.run("update executions set trigger = $2 where id = any ($1)", [[first, plain], trigger]);
    expect(await world.show(await again(first))).toMatchObject({ trigger });
    expect(await world.show(await again(plain))).toMatchObject({ trigger: { kind: "request" } });
  });

  test("POST /executions/:execution/again refuses a package that may not be run, an unknown execution, and another body", async () => {
    await world.push("stopped");
    const first = await world.start("stopped");
    await world.push("stopped", { "main.sh": "true\n", "manifest.json": '{"active":false}' });
    for (const json of [{}, { version: "same" }]) {
      const refusal = await refused(post(first, json));
      expect(refusal).toMatchObject({ status: 400, code: "BAD_REQUEST" });
      expect(refusal.message).toContain('"active": false');
    }
    expect(await refused(post("exe_00000000000000000000"))).toMatchObject({ status: 404, code: "EXECUTION_NOT_FOUND" });
    expect(await refused(post(first, { version: "oldest" }))).toMatchObject({ code: "BAD_REQUEST" });
    expect(await refused(post(first, { versoin: "same" }))).toMatchObject({ code: "BAD_REQUEST" });
  });
});
