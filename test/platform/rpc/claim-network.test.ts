import { newId } from "@sealrun/crypto";
import { type NetworkForm, projectInfo } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, send } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";
import { enrolPeer, type ExecutorPeer } from "../../support/executor-peer.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld({ slots: 4 });
});
afterAll(async () => world.close());

/** An executor alone in its pool, and a package for it. */
async function enrolIn(
  pool: string,
  networkForms: NetworkForm[],
  given: { readonly requiresNetwork?: boolean; readonly network?: string } = {},
): Promise<ExecutorPeer> {
  const { requiresNetwork = false, network } = given;
  const manifest = JSON.stringify({ pool, ...(network === undefined ? {} : { network }) });
  await world.push(pool, { "main.sh": "true\n", "manifest.json": manifest });
  const peer = await enrolPeer(world.platform, { pool, networkForms, requiresNetwork });
  await peer.rpc.presence({
    slots: 1,
    running: 0,
    draining: false,
    sandbox: "filtered",
    networkForms,
    requiresNetwork,
  });
  return peer;
}

async function requireNetwork(isRequired: boolean): Promise<void> {
  const answer = await send(world.platform, "PATCH", "/projects/acme", { json: { requireNetwork: isRequired } });
  expect(projectInfo.parse(await answer.json())).toMatchObject({ requireNetwork: isRequired });
}

/** What an executor gets for the next execution of a package: the error, or the network that is shown. */
async function claimOne(peer: ExecutorPeer, pool: string): Promise<unknown> {
  const id = await world.start(pool);
  const { event, message } = await peer.take();
  expect(event.executionId).toBe(id);
  const [claimed] = await peer.claimAll([{ event, requestId: newId("request") }]);
  message.done();
  return claimed instanceof Error ? claimed : (await world.show(id)).network;
}

describe("answerClaim()", () => {
  test("answerClaim() stores the network that scripts of a package without one get", async () => {
    const open = await enrolIn("open", ["none", "outbound"]);
    expect(await claimOne(open, "open")).toBe("outbound");
    await open.close();
    const plain = await enrolIn("plain", ["none"]);
    expect(await claimOne(plain, "plain")).toBe("host");
    await plain.close();
  });

  test("answerClaim() shows no network of a package without one before it has run", async () => {
    await world.push("idle", { "main.sh": "true\n", "manifest.json": '{"pool":"nobody"}' });
    expect(await world.show(await world.start("idle"))).toMatchObject({ status: "queued", network: null });
  });

  test("answerClaim() refuses the machine's network to an executor that gives it to no script", async () => {
    const strict = await enrolIn("strict", ["none"], { requiresNetwork: true });
    expect(await claimOne(strict, "strict")).toMatchObject({ code: "NETWORK_NOT_ENFORCED" });
    await strict.close();
  });

  test("answerClaim() refuses the machine's network to a project that requires another", async () => {
    const peer = await enrolIn("allowing", ["host"], { network: "host" });
    await requireNetwork(true);
    const refusal = await claimOne(peer, "allowing");
    await requireNetwork(false);
    expect(refusal).toMatchObject({ code: "NETWORK_NOT_ENFORCED", message: expect.stringContaining("does not offer") });
    await peer.close();
  });
});

describe("PATCH /api/v1/projects/:project", () => {
  test("PATCH /api/v1/projects/:project records in the audit that the network is required", async () => {
    await requireNetwork(true);
    await requireNetwork(false);
    const rows = await world.database.run("select 1 from audit where action = 'project.network'");
    expect(rows).toBeGreaterThanOrEqual(2);
    expect((await ask(world.platform, projectInfo, ["GET", "/projects/acme"])).requireNetwork).toBe(false);
  });
});
