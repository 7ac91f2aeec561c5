import { expect, test } from "vitest";
import { createClient } from "../../../packages/client/src/client.ts";
import { hostilePlatform } from "../hostile-platform.ts";

const health = {
  checkedAt: "t",
  checks: [{ name: "nats", state: "bad", sentence: "NATS does not answer", latencyMs: null }],
  platform: { version: "1", startedAt: "t", memoryBytes: 1, node: "v24" },
  postgres: null,
  nats: null,
  queue: null,
};

test("health(), pools(), listExecutors() and whoami() give what the platform says of itself", async () => {
  const answers: Readonly<Record<string, unknown>> = {
    "/platform/health": health,
    "/pools": { pools: [] },
    "/executors": { executors: [] },
    "/whoami": { author: "admin" },
  };
  const platform = hostilePlatform(({ path }) => answers[path]);
  const { fetch, fingerprint } = platform;
  const client = createClient({ url: "http://platform.test", token: "t", fingerprint, fetch });
  expect(await client.health()).toEqual(health);
  expect(await client.pools()).toEqual([]);
  expect(await client.listExecutors()).toEqual([]);
  expect(await client.whoami()).toBe("admin");
});
