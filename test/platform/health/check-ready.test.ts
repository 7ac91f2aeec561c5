import { expect, test } from "vitest";
import { createReady } from "../../../packages/platform/src/health/check-ready.ts";

/** A platform whose PostgreSQL and NATS answer as told; counts the questions to PostgreSQL. */
function partsThat({
  postgres,
  nats,
}: {
  readonly postgres: () => Promise<void>;
  readonly nats: () => Promise<number>;
}) {
  let asked = 0;
  const run = async (): Promise<number> => {
    asked += 1;
    await postgres();
    return 0;
  };
  return { deps: { database: { run }, link: { connection: { rtt: nats } } }, asked: () => asked };
}

const works = async (): Promise<void> => undefined;
const fails = async (): Promise<never> => Promise.reject(new TypeError("away"));

test.each([
  [true, { postgres: works, nats: async () => 1 }],
  [false, { postgres: fails, nats: async () => 1 }],
  [false, { postgres: works, nats: fails }],
])("createReady() answers %s for %j", async (isReady, parts) => {
  expect(await createReady(partsThat(parts).deps)()).toBe(isReady);
});

test("createReady() asks once, however many ask it at the same time", async () => {
  const parts = partsThat({ postgres: works, nats: async () => 1 });
  const ready = createReady(parts.deps);
  expect(await Promise.all([ready(), ready(), ready()])).toEqual([true, true, true]);
  expect(parts.asked()).toBe(1);
});
