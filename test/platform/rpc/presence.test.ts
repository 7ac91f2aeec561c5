import { start } from "@sealrun/platform";
import { limits } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeOf, type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";
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

test("answerPresence() says how fast the output of runs may come, as the platform's settings say", async () => {
  const said = { slots: 1, running: 0, draining: true } as const;
  expect(await world.peer.rpc.presence(said)).toEqual({ ok: true, linesPerSecond: limits.outputLinesPerSecond });
  const other = await start({ ...world.platform.config, outputLinesPerSecond: 70 }, { log: pino({ level: "silent" }) });
  // Either platform may answer.
  const answers = new Set<number | undefined>();
  await until(async () => {
    answers.add((await world.peer.rpc.presence(said)).linesPerSecond);
    return answers.size === 2;
  });
  await other.close();
  expect(answers).toEqual(new Set([limits.outputLinesPerSecond, 70]));
});
