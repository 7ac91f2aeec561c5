import { openWhileFit, watchFitness } from "@sealrun/postgres";
import { pino } from "pino";
import { expect, test } from "vitest";

type Probe = { readonly isAnswering: boolean; readonly aheadMs: number };
const right: Probe = { isAnswering: true, aheadMs: 20_000 };
const wrong: Probe = { isAnswering: true, aheadMs: -20_001 };
const silent: Probe = { isAnswering: false, aheadMs: 0 };

/** A process whose looks at its database a test makes, and what it opens and closes. */
function witnessed() {
  const log: string[] = [];
  let look: (found: Probe) => void = () => undefined;
  const watch = (onProbe: typeof look) => {
    look = onProbe;
    return async () => void log.push("unwatched");
  };
  const said: string[] = [];
  const fitness = watchFitness({ watch }, pino({ level: "info" }, { write: (line) => said.push(line) }));
  const close = openWhileFit(fitness, () => {
    log.push("open");
    return async () => void log.push("closed");
  });
  return { log, said, fitness, close, look: (found: Probe) => look(found) };
}

test("openWhileFit() is open at first, closed in a silence, open after it, and closed for good", async () => {
  const { log, fitness, close, look } = witnessed();
  for (const found of [right, silent, silent, right, right]) look(found);
  await close();
  await fitness.close();
  look(silent);
  expect(log).toEqual(["open", "closed", "open", "closed", "unwatched"]);
});

test("openWhileFit() is closed while the clock is wrong, also when the database falls silent meanwhile", async () => {
  const { log, close, look } = witnessed();
  for (const found of [wrong, silent, wrong]) look(found);
  expect(log).toEqual(["open", "closed"]);
  look(right);
  await close();
  expect(log).toEqual(["open", "closed", "open", "closed"]);
});

test("watchFitness() says once that the clock is wrong and by how much, and once that it is right again", () => {
  const { said, fitness, look } = witnessed();
  for (const found of [right, wrong, wrong]) look(found);
  expect(fitness.clockFault()).toMatchObject({ code: "CLOCK_WRONG" });
  expect(fitness.clockFault()?.message).toMatch(/^The clock of .+ is 20 seconds ahead of that of PostgreSQL; /);
  for (const found of [right, right]) look(found);
  expect(fitness.clockFault()).toBeUndefined();
  expect(said).toHaveLength(2);
});
