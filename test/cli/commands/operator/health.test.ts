import { platformHealth } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { usePlatform } from "../../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
});
afterAll(async () => used.close());

test("sealrun platform health prints each check, and the tables with their sizes", async () => {
  const shown = await used.person.run(["platform", "health"]);
  expect(shown).toMatchObject({ exitCode: 0, stderr: "" });
  expect(shown.stdout).toMatch(/^good {5}postgres {3}PostgreSQL answers$/m);
  expect(shown.stdout).toMatch(/^warning {2}executors {2}No executor is enrolled; enrol one$/m);
  expect(shown.stdout).toMatch(/^DATABASE +TABLE +ROWS +SIZE +PER DAY$/m);
  expect(shown.stdout).toMatch(/^platform +executions +\d+ +[0-9.]+ KiB +-$/m);
  expect(shown.stdout).toMatch(/^keyring +grants /m);
});

test("sealrun platform health --json is the answer of the platform", async () => {
  const health = platformHealth.parse(JSON.parse((await used.person.run(["platform", "health", "--json"])).stdout));
  expect(health.tables?.length).toBeGreaterThan(30);
});
