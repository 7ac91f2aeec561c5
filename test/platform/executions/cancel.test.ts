import { openFrame } from "@sealrun/crypto";
import { cancelledExecution, controlOrder, decode, errorBody, executorId, subjects } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask, send } from "../../support/api.ts";
import { codeOf, type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const cancel = async (id: string) => ask(world.platform, cancelledExecution, ["POST", `/executions/${id}/cancel`]);
const auditOf = async (id: string) =>
  world.database.rows(z.object({ action: z.string() }), "select action from audit where object = $1 order by seq", [
    id,
  ]);

describe("POST /api/v1/executions/:execution/cancel", () => {
  test("POST …/cancel ends a queued execution at once, and its event is refused", async () => {
    const event = await world.take("report");
    const id = event.executionId;
    expect(await cancel(id)).toEqual({ id, status: "cancelled" });
    expect(await cancel(id)).toEqual({ id, status: "cancelled" });
    expect(await world.show(id)).toMatchObject({
      status: "cancelled",
      error: { code: "CANCELLED" },
      steps: [{ status: "skipped" }],
    });
    expect(await auditOf(id)).toEqual([{ action: "execution.start" }, { action: "execution.cancel" }]);
    expect(await codeOf(world.peer.claim(event))).toBe("CLAIM_REFUSED");
    expect(await world.database.run("select from outbox where execution_id = $1", [id])).toBe(0);
  });

  test("POST …/cancel of a running execution tells open pages, before it ends", async () => {
    const { ref } = await world.claim("report");
    const told: string[] = [];
    const stop = await world.database.listen("sealrun_execution", (payload) => told.push(payload));
    await cancel(ref.executionId);
    await until(async () => told.includes(ref.executionId));
    await stop();
    expect(await world.show(ref.executionId)).toMatchObject({ status: "running", cancelRequested: true });
  });

  test("POST …/cancel tells the executor of a running execution at once, and again with its renew", async () => {
    const own = executorId.parse(world.peer.state.identity.id);
    const orders = world.peer.link.connection.subscribe(subjects.control(own), { max: 1 });
    const { ref, rpc } = await world.claim("report");
    expect(await rpc.renew(ref)).toMatchObject({ cancel: false });
    expect(await cancel(ref.executionId)).toMatchObject({ status: "running" });
    for await (const message of orders) {
      const opened = openFrame(message.data, {
        findKey: () => world.peer.state.platform.signPublic,
        expect: { kind: "control", subject: subjects.control(own) },
        now: Date.now(),
        maxAgeMs: 60_000,
        maxSkewMs: 60_000,
      });
      expect(decode(controlOrder, opened.body)).toEqual({ kind: "cancel", ...ref });
    }
    expect(await rpc.renew(ref)).toMatchObject({ cancel: true });
    expect(await world.show(ref.executionId)).toMatchObject({ status: "running", cancelRequested: true });
    const error = { code: "CANCELLED", message: "main.sh was ended with its attempt" };
    await rpc.finish({ ...ref, status: "cancelled", error, lastSequence: 0 });
    expect(await world.show(ref.executionId)).toMatchObject({ status: "cancelled", error });
  });

  test("POST …/cancel refuses an execution that has ended otherwise, and an unknown one", async () => {
    const { ref, rpc } = await world.claim("report");
    await rpc.finish({ ...ref, status: "succeeded", lastSequence: 0 });
    const refused = await send(world.platform, "POST", `/executions/${ref.executionId}/cancel`);
    expect(refused.status).toBe(409);
    expect(errorBody.parse(await refused.json()).error).toMatchObject({
      code: "EXECUTION_ENDED",
      message: `The execution ${ref.executionId} is succeeded already, so there is nothing to cancel`,
    });
    expect((await send(world.platform, "POST", "/executions/exe_00000000000000000000/cancel")).status).toBe(404);
  });
});
