import { type HealthCheck } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { showBytes, summarize } from "../../../../packages/web/src/pages/health/health-summary.ts";

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
    sentence: "Everything works; look at NATS and the queue",
  });
  expect(summarize([check("executors", "bad"), check("nats", "warning")])).toEqual({
    state: "bad",
    sentence: "Something is wrong with the executors",
  });
  expect(summarize([check("postgres", "bad"), check("keyring", "bad"), check("nats", "bad")]).sentence).toBe(
    "Something is wrong with PostgreSQL, the keyring and NATS",
  );
});

test("showBytes() takes the largest unit that leaves at least one of it", () => {
  expect([0, 1_023, 1_024, 1_048_575, 3_565_158, 5e12].map(showBytes)).toEqual([
    "0 B",
    "1023 B",
    "1.0 KiB",
    "1.0 MiB",
    "3.4 MiB",
    "4.5 TiB",
  ]);
});
