import { newId } from "@sealrun/crypto";
import { executionInfo, executorList, poolList } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, send } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";
import { enrolPeer, type ExecutorPeer } from "../../support/executor-peer.ts";

let world: ExecutionsWorld;
let weak: ExecutorPeer;
beforeAll(async () => {
  world = await startExecutionsWorld({ slots: 4 });
  weak = await enrolPeer(world.platform, { pool: "weak", sandbox: "namespaces" });
  await world.push("exposed", { "main.sh": "true\n", "manifest.json": '{"pool":"weak"}' });
  await until(async () => (await poolsNamed("weak"))[0]?.sandbox === "namespaces");
});
afterAll(async () => {
  await weak.close();
  await world.close();
});

const poolsNamed = async (name: string) =>
  (await ask(world.platform, poolList, ["GET", "/pools"])).pools.filter((pool) => pool.name === name);

async function requireLevel(minSandbox: string): Promise<unknown> {
  return (await send(world.platform, "PATCH", "/projects/acme", { json: { minSandbox } })).json();
}

const waiting = async (id: string) => (await ask(world.platform, executionInfo, ["GET", `/executions/${id}`])).waiting;

describe("answerClaim()", () => {
  test("answerClaim() records with the attempt what the executor's sandbox held", async () => {
    const { ref } = await world.claim("report");
    expect(await world.show(ref.executionId)).toMatchObject({ attempts: [{ attempt: 1, sandbox: "filtered" }] });
    const { executors } = await ask(world.platform, executorList, ["GET", "/executors"]);
    expect(executors.map(({ pool, sandbox }) => [pool, sandbox])).toEqual([
      ["weak", "namespaces"],
      ["default", "filtered"],
    ]);
  });

  test("answerClaim() refuses an executor whose sandbox is weaker than the project requires", async () => {
    const id = await world.start("exposed");
    const { event, message } = await weak.take();
    expect(event.executionId).toBe(id);
    expect(await requireLevel("filtered")).toMatchObject({ name: "acme", minSandbox: "filtered" });
    const [refusal] = await weak.claimAll([{ event, requestId: newId("request") }]);
    expect(refusal).toMatchObject({
      code: "SANDBOX_TOO_WEAK",
      message: expect.stringContaining(
        "Project acme requires the sandbox level filtered, and this executor reaches namespaces",
      ),
    });
    expect(await world.show(id)).toMatchObject({ status: "queued", attempts: [] });
    await requireLevel("none");
    expect(await weak.claim(event)).toMatchObject({ ref: { executionId: id, attempt: 1 } });
    message.done();
  });
});

describe("PATCH /v1/projects", () => {
  test("PATCH /v1/projects with minSandbox keeps executions queued until an executor reaches it, and says so", async () => {
    await requireLevel("filtered");
    const id = await world.start("exposed");
    expect(await waiting(id)).toBe(
      "Project acme requires the sandbox level filtered, and the executors of pool weak reach namespaces at most; start one that reaches it, or name another pool in the manifest",
    );
    // The other pool has one that reaches it, and what waits here takes nothing from it.
    const other = await world.claim("report");
    expect(await world.show(other.ref.executionId)).toMatchObject({ attempts: [{ sandbox: "filtered" }] });
    expect(await world.show(id)).toMatchObject({ status: "queued" });
    const strong = await enrolPeer(world.platform, { pool: "weak", sandbox: "separate-users" });
    const { event } = await strong.take();
    expect(await strong.claim(event)).toMatchObject({ ref: { executionId: id } });
    expect(await world.show(id)).toMatchObject({ attempts: [{ sandbox: "separate-users" }] });
    await strong.close();
    await requireLevel("none");
  });

  test("PATCH /v1/projects refuses a level that does not exist, and says which there are", async () => {
    const answer = await send(world.platform, "PATCH", "/projects/acme", { json: { minSandbox: "strong" } });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("minSandbox");
  });
});
