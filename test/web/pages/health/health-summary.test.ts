import { type HealthCheck } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { summarize } from "../../../../packages/web/src/pages/health/health-summary.ts";

const check = (name: HealthCheck["name"], state: HealthCheck["state"]): HealthCheck => ({
  name,
  state,
  sentence: "",
  latencyMs: null,
});

test("summarize() is as bad as the worst check, and names it", () => {
  expect(summarize([check("postgres", "good")])).toEqual({ state: "good", sentence: "Everything works" });
  expect(summarize([check("nats", "warning"), check("queue", "warning"), check("clock", "good")])).toEqual({
    state: "warning",
    sentence: "It works, but needs attention: NATS and the queue",
  });
  expect(summarize([check("executors", "bad"), check("nats", "warning")])).toEqual({
    state: "bad",
    sentence: "Something is wrong with the executors",
  });
  expect(summarize([check("postgres", "bad"), check("keyring", "bad"), check("nats", "bad")]).sentence).toBe(
    "Something is wrong with PostgreSQL, the keyring and NATS",
  );
});
