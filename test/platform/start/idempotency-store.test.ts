import { errorBody, startedExecution } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { forgetOldKeys } from "../../../packages/platform/src/start/idempotency-store.ts";
import { send } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const url = "/projects/acme/packages/report/executions";
const start = async (key: string, json: object = {}): Promise<Response> =>
  send(world.platform, "POST", url, { json, headers: { "idempotency-key": key } });
const idOf = async (answer: Response): Promise<string> => startedExecution.parse(await answer.json()).id;

describe("POST /api/v1/projects/:project/packages/:package/executions", () => {
  test("POST executions answers the same execution for the same key and body", async () => {
    const first = await start("one", { priority: 3 });
    const again = await start("one", { priority: 3 });
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(await idOf(again)).toBe(await idOf(first));
  });

  test("POST executions starts one execution for twenty requests at once", async () => {
    const before = await world.database.run("select 1 from executions");
    const ids = await Promise.all(Array.from({ length: 20 }, async () => idOf(await start("many"))));
    expect(new Set(ids).size).toBe(1);
    expect(await world.database.run("select 1 from executions")).toBe(before + 1);
  });

  test("POST executions answers 409 for a key that came with another body", async () => {
    await start("two", { priority: 1 });
    const other = await start("two", { priority: 2 });
    expect(other.status).toBe(409);
    expect(errorBody.parse(await other.json()).error).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
  });

  test("POST executions starts another one when the key is older than a day", async () => {
    const first = await idOf(await start("three"));
    await world.database.run(
      "update idempotency_keys set created_at = now() - interval '25 hours' where key = 'three'",
    );
    const second = await idOf(await start("three", { priority: 4 }));
    expect(second).not.toBe(first);
    expect(await idOf(await start("three", { priority: 4 }))).toBe(second);
  });

  test("POST executions answers 400 for an invalid key", async () => {
    const answer = await start("a key with spaces");
    expect(answer.status).toBe(400);
    expect(errorBody.parse(await answer.json()).error.message).toContain("idempotency-key");
  });
});

describe("forgetOldKeys()", () => {
  test("forgetOldKeys() deletes idempotency keys after a day", async () => {
    const id = await world.start("report");
    await world.database.run(
      `insert into idempotency_keys (actor, key, request_sha256, execution_id, created_at) values
         ('a', 'old', '', $1, now() - interval '25 hours'), ('a', 'young', '', $1, now() - interval '23 hours')`,
      [id],
    );
    await forgetOldKeys(world.database);
    const query = "select key from idempotency_keys where actor = 'a'";
    expect(await world.database.rows(z.object({ key: z.string() }), query)).toEqual([{ key: "young" }]);
  });
});
