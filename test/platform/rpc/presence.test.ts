import { limits } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeOf, type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";
import { enrolPeer } from "../../support/executor-peer.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

test("answerPresence() refuses an impossible number of slots: the sum would stop every pool", async () => {
  const greedy = await enrolPeer(world.platform);
  for (const slots of [limits.executorSlots + 1, 2_147_483_647]) {
    expect(await codeOf(greedy.rpc.presence({ slots, running: 0, draining: false }))).toBe("MALFORMED");
  }
  await world.take("report");
  await greedy.close();
});
